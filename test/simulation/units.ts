export const second = 1000;
export const minute = 60 * second;
export const hour = 60 * minute;
export const day = 24 * hour;

/** The one competition and source of every world. */
export const competition = "sim";
export const sourceName = "fake";
export const sourceKey = `${sourceName}.${competition}`;
