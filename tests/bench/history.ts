import { type Client, createClient } from '@naer/core/client';
import { api } from '@naer/core/contract';
import pg from 'pg';
import { readAddresses } from './database.ts';
import { type HistoryDays, writeHistory } from './history-rows.ts';
import { chunks } from './town.ts';

const workers = 50;
const rooms = 12;
const citizens = 500;

/** A municipality with five years behind it, and who asks: a support worker about their own, a coordinator about all. */
export interface History extends HistoryDays {
  readonly municipalityId: string;
  readonly worker: { readonly initials: string; readonly token: string };
  readonly coordinatorToken: string;
  readonly citizenCode: string;
  readonly visits: number;
}

export async function furnishHistory(
  operator: Client,
  { url, home }: { readonly url: string; readonly home: string },
): Promise<History> {
  const administrator = { initials: 'ADM', name: 'Administrator', email: null };
  const { id: municipalityId, adminToken } = await operator.call(api.identity.createMunicipality, {
    body: { name: 'Kommune med fem år bag sig', administrator },
  });
  if (adminToken === null) throw new Error('no token for the municipality with a history');
  const client = createClient({ url, token: adminToken, language: 'en' });

  const initials = Array.from({ length: workers }, (_, n) => `BM${String(n + 1).padStart(2, '0')}`);
  const team = (n: number) => `Team ${(n % workers) % 8}`;
  const staff = initials.map((one, n) => `${one},Medarbejder ${n},,${team(n)},support-worker,37`);
  await client.call(api.imports.staff, {
    query: {},
    file: chunks(['initials,name,email,team,role,weekly_hours', ...staff].join('\n')),
  });
  const roles = ['coordinator' as const];
  await client.call(api.identity.registerStaff, {
    body: { initials: 'KOO', name: 'Koordinator', roles },
  });
  const people = Array.from(
    { length: citizens },
    (_, n) =>
      `${100_000 + n};Borger Nummer ${n};SEL § 85;${1 + (n % 3) / 2};${team(n)};${initials[n % workers]};${initials[(n + 8) % workers]};01-11-2020`,
  );
  const { created } = await client.call(api.imports.citizens, {
    query: {},
    file: chunks(
      ['Sagsnr;Borger;Lovgrundlag;Visiteret (timer/uge);Team;Bostøtte;Vikar;Mødt den', ...people].join('\n'),
    ),
  });
  if (created !== citizens) throw new Error(`the import made ${created} citizens`);

  const always = [1, 2, 3, 4, 5, 6, 7].map((weekday) => ({ weekday, opens: '00:00', closes: '24:00' }));
  for (let n = 0; n < rooms; n += 1)
    await client.call(api.rooms.registerRoom, {
      body: { site: `Hus ${n % 3}`, name: `Samtaleboks ${n}`, kind: 'booth', openingHours: always },
    });

  const tokenOf = async (owner: string): Promise<string> => {
    const { secret } = await client.call(api.identity.createToken, { body: { name: 'bench', owner } });
    if (secret === null) throw new Error(`no token for ${owner}`);
    return secret;
  };
  const [worker, coordinatorToken] = [
    { initials: 'BM07', token: await tokenOf('BM07') },
    await tokenOf('KOO'),
  ];

  const database = new pg.Client({ connectionString: (await readAddresses(home)).superuser });
  await database.connect();
  try {
    const days = await writeHistory(database, municipalityId, new Date());
    const { rows } = await database.query<{ code: string; visits: string }>(
      `SELECT (SELECT min(code) FROM citizen WHERE municipality_id = $1) AS code,
        (SELECT count(*) FROM visit WHERE municipality_id = $1) AS visits`,
      [municipalityId],
    );
    const [made] = rows;
    if (made === undefined) throw new Error('no history was written');
    return {
      ...days,
      municipalityId,
      worker,
      coordinatorToken,
      citizenCode: made.code,
      visits: Number(made.visits),
    };
  } finally {
    await database.end();
  }
}
