/** What a nats-server of ours is told. Paths are absolute. */
export interface ServerSettings {
  /** Told back in the server's greeting: by it we know that the server on our port is ours. */
  name: string;
  port: number;
  storeDir: string;
  logFile: string;
  /** Whether a message is on the disk before it is acknowledged; else the server syncs every 2 minutes and a power cut loses the rest. */
  syncAlways: boolean;
  /** Further lines, as they are. */
  extra?: string;
}

/** A nats-server configuration file. Its strings take JSON's escapes. */
export function serverConfig(settings: ServerSettings): string {
  const lines = [
    `server_name: ${JSON.stringify(settings.name)}`,
    `host: "127.0.0.1"`,
    `port: ${settings.port}`,
    `log_file: ${JSON.stringify(settings.logFile)}`,
    `logfile_size_limit: 10MB`,
    `logfile_max_num: 3`,
    `jetstream {`,
    `  store_dir: ${JSON.stringify(settings.storeDir)}`,
    // By default three quarters of what is free at the start: a log that has outgrown that would take nothing after a restart.
    `  max_file_store: 1PB`,
    ...(settings.syncAlways ? [`  sync_interval: always`] : []),
    `}`,
    ...(settings.extra === undefined ? [] : [settings.extra]),
  ];
  return `${lines.join("\n")}\n`;
}
