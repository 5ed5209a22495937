/** One setting, as the reference documents it and the configuration reads it. */
export interface Setting {
  readonly name: string;
  readonly fallback: string;
  readonly meaning: string;
  /** Settings with the same group are set together or not at all. */
  readonly group?: string;
}

/** Every setting there is; `docs/reference/settings.md` is made from this table. */
export const settings = [
  {
    name: 'NAER_HOME',
    fallback: '.naer/ in the checkout',
    meaning:
      'Folder for everything Nær keeps on this machine: the embedded database, keys, the running state. Back it up; keep it private.',
  },
  { name: 'NAER_PORT', fallback: '4080', meaning: 'TCP port, 1 to 65535; 0 takes any free one.' },
  {
    name: 'NAER_HOST',
    fallback: '127.0.0.1',
    meaning:
      'Address to listen on. Anything but loopback needs TLS files or trusted proxies, since browsers give no camera without https.',
  },
  {
    name: 'NAER_PUBLIC_URL',
    fallback: 'http(s)://host:port',
    meaning: 'The address people use, without a path. Must be https unless it is localhost.',
  },
  { name: 'NAER_TLS_CERT_FILE', fallback: '', meaning: 'Certificate chain in PEM format.', group: 'TLS' },
  { name: 'NAER_TLS_KEY_FILE', fallback: '', meaning: 'Private key in PEM format.', group: 'TLS' },
  {
    name: 'NAER_TRUSTED_PROXIES',
    fallback: '',
    meaning:
      'Addresses or CIDR ranges, comma separated, of the proxies whose X-Forwarded-* headers are believed.',
  },
  {
    name: 'NAER_RATE_LIMIT',
    fallback: '3000',
    meaning: 'Requests a minute per token (or address, without one); 0 switches the limit off.',
  },
  { name: 'NAER_LOG_LEVEL', fallback: 'info', meaning: 'fatal, error, warn, info, debug or silent.' },
  {
    name: 'NAER_DEMO',
    fallback: '1 with the embedded PostgreSQL and no NAER_MUNICIPALITY, else 0',
    meaning:
      'Whether the very first start makes a municipality of invented people with eighteen months of history. 1 also for an empty database given by DATABASE_URL; 0 never. A database that holds a municipality is left alone.',
  },
  {
    name: 'NAER_MUNICIPALITY',
    fallback: 'Min kommune, or Demokommune with demo data',
    meaning: 'Name of the municipality that the very first start creates.',
  },
  {
    name: 'NAER_MASTER_KEY_FILE',
    fallback: 'keys/master.json in NAER_HOME',
    meaning: 'The master key ring of the vault; processes that share a database share it.',
  },
  {
    name: 'DATABASE_URL',
    fallback: 'the embedded PostgreSQL 18',
    meaning:
      'PostgreSQL 16 or newer, as the owner of the database: postgresql://user:password@host/database.',
  },
  {
    name: 'DATABASE_APP_URL',
    fallback: 'made at start',
    meaning:
      'A login in the role naer_app that owns nothing; for databases whose owner may not create roles, or several core processes.',
    group: 'logins',
  },
  {
    name: 'DATABASE_WORKER_URL',
    fallback: 'made at start',
    meaning: 'A login in the role naer_worker that owns nothing.',
    group: 'logins',
  },
  {
    name: 'NAER_WEBHOOK_URL',
    fallback: '',
    meaning:
      'Where changes of room bookings are posted (Standard Webhooks), for example to a calendar system.',
    group: 'webhook',
  },
  {
    name: 'NAER_WEBHOOK_SECRET',
    fallback: '',
    meaning: 'Secret for the signature, at least 24 bytes: whsec_ and base64.',
    group: 'webhook',
  },
  {
    name: 'NAER_CASE_SYSTEM_URL',
    fallback: '',
    meaning:
      'Where recorded visits are handed off to (Standard Webhooks), with case number and note; without it they are taken by hand or as a file.',
    group: 'case system',
  },
  {
    name: 'NAER_CASE_SYSTEM_SECRET',
    fallback: '',
    meaning: 'Secret for the signature, at least 24 bytes: whsec_ and base64.',
    group: 'case system',
  },
  {
    name: 'NAER_SMTP_URL',
    fallback: 'the mailbox that »naer messages« reads',
    meaning:
      'Mail server for messages to citizens and guests: smtps://user:password@host:465, or smtp:// with STARTTLS, which must succeed unless the server is on loopback.',
    group: 'mail',
  },
  {
    name: 'NAER_MAIL_FROM',
    fallback: '',
    meaning:
      'Address that messages come from. It must tell nothing of what they are about: aftale@, not bostøtte@.',
    group: 'mail',
  },
  {
    name: 'NAER_SMS_URL',
    fallback: 'the mailbox that »naer messages« reads',
    meaning:
      'Where text messages are posted as JSON (from, to, text, reference; Idempotency-Key); it answers with {id} and posts receipts {id, status: delivered or failed} to /messages/receipts.',
    group: 'SMS',
  },
  {
    name: 'NAER_SMS_TOKEN',
    fallback: '',
    meaning: 'Bearer token for the SMS gateway, and of its receipts; at least 24 characters.',
    group: 'SMS',
  },
  {
    name: 'NAER_SMS_SENDER',
    fallback: 'Aftale',
    meaning:
      'Who text messages come from: at most 11 letters and digits, or a number. It must tell nothing of what they are about.',
  },
  {
    name: 'LIVEKIT_URL',
    fallback: '',
    meaning:
      'wss:// address of a LiveKit server. It is used instead of the media server that otherwise runs beside the service. Set its webhook to <public address>/media/webhook, signed with the same key.',
    group: 'LiveKit',
  },
  { name: 'LIVEKIT_API_KEY', fallback: '', meaning: 'API key of the LiveKit server.', group: 'LiveKit' },
  {
    name: 'LIVEKIT_API_SECRET',
    fallback: '',
    meaning: 'API secret of the LiveKit server.',
    group: 'LiveKit',
  },
  {
    name: 'NAER_MEDIA_PROXY',
    fallback: '1 for our own media server, else 0',
    meaning:
      'Whether browsers reach the signalling of calls at the address of the service, so that one https address is enough. 1 also for a LiveKit elsewhere; sound and picture go direct in either case. The other NAER_MEDIA_ settings are those of our media server.',
  },
] as const satisfies readonly Setting[];

export type SettingName = (typeof settings)[number]['name'];
