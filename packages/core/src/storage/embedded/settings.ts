/**
 * Every setting that the embedded server runs with. They are given on its command line instead of a file, so that
 * the running program always has those of this version, and a server found running can be compared with them.
 */
export function serverArguments(wish: {
  readonly dataDir: string;
  readonly port: number;
  readonly fsync: boolean;
}): readonly string[] {
  const settings: Record<string, string> = {
    listen_addresses: '127.0.0.1',
    port: String(wish.port),
    // A socket's path may be 107 bytes at most, which a home deep in a tree exceeds; loopback has no such limit.
    unix_socket_directories: '',
    max_connections: '100',
    timezone: 'UTC',
    log_timezone: 'UTC',
    // The store reads the constraint's name out of English messages.
    lc_messages: 'C',
    // Nothing a citizen's row may hold is ever logged: no parameters, no statements, no DETAIL ("Failing row
    // contains …"), and no errors of clients at all, whose messages quote values too; the service reports those.
    log_min_messages: 'log',
    log_min_error_statement: 'panic',
    log_error_verbosity: 'terse',
    log_parameter_max_length: '0',
    log_parameter_max_length_on_error: '0',
    log_statement: 'none',
    log_min_duration_statement: '-1',
    log_checkpoints: 'off',
    log_line_prefix: '%m [%p] ',
    // What was acknowledged still survives the death of PostgreSQL, but not that of the machine.
    ...(wish.fsync ? {} : { fsync: 'off', full_page_writes: 'off' }),
  };
  return [
    '-D',
    wish.dataDir,
    ...Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]),
  ];
}
