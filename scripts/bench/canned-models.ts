import type { Models } from "../../src/forecast/models.ts";
import type { ModelTip } from "../../src/match/event.ts";

export const panelSize = 42;

/** A panel whose members all answer at once: what is left is what the pipeline itself costs. */
export function cannedModels(): Models {
  const answers = new Map(cannedAnswers().map((answer) => [answer.model, answer]));
  return {
    roster: [...answers.keys()].map((model) => ({ model, version: "1" })),
    ask(model) {
      const answer = answers.get(model);
      return answer === undefined ? Promise.reject(new Error(`no canned answer of ${model}`)) : Promise.resolve(answer);
    },
  };
}

/** One answer of each member, as different from each other as a panel's are. */
export function cannedAnswers(): ModelTip[] {
  return Array.from({ length: panelSize }, (_, member) => {
    const home = 0.3 + member / 100;
    const draw = 0.27;
    return {
      model: `member-${member + 1}`,
      tip: { home: 1 + (member % 3), away: member % 2 },
      probabilities: { home, draw, away: 1 - home - draw },
      latencyMs: 1,
      cost: 0,
    };
  });
}
