import type { ActivityRole, HandbookActivity, Track } from '../../../contract/index.ts';

/** A line in both languages. */
export interface Bilingual {
  readonly da: string;
  readonly en: string;
}

export interface HandbookEntry extends Bilingual {
  readonly code: HandbookActivity;
  readonly phase: 'preparation' | 'implementation' | 'operation';
  /** Who takes part; the first of them answers for it where nobody else is named. */
  readonly actors: readonly [ActivityRole, ...ActivityRole[]];
  readonly tracks: readonly [Track, ...Track[]];
  readonly steps: readonly Bilingual[];
  /** How it usually goes wrong. */
  readonly pitfall: Bilingual;
}

const step = (da: string, en: string): Bilingual => ({ da, en });

/**
 * The 16 activities of the national implementation handbook for online bostøtte, in words of our own (domain page,
 * section 6, `data/activities.json`): what the handbook calls technical belongs to the IT track, what is organisational or
 * legal to the method.
 */
export const handbook: readonly HandbookEntry[] = [
  {
    code: 'F1',
    phase: 'preparation',
    actors: ['leader'],
    tracks: ['method'],
    da: 'Vælg et godt tidspunkt',
    en: 'Choose a fitting moment',
    steps: [
      step(
        'Skriv ned, hvilke andre forandringer der er i gang eller på vej',
        'Note which other changes are under way or planned',
      ),
      step(
        'Knyt online bostøtte til det, I allerede arbejder med, fx rehabilitering',
        'Tie it to work that goes on already, such as rehabilitation',
      ),
      step('Beslut startdatoen', 'Decide on the start date'),
    ],
    pitfall: step(
      'For mange projekter på én gang: så vælger hver medarbejder sit eget, og det går langsommere end planlagt',
      'Too many projects at once: everybody puts another one first, and the spread is slower than planned',
    ),
  },
  {
    code: 'F2',
    phase: 'preparation',
    actors: ['leader', 'project-lead'],
    tracks: ['method'],
    da: 'Giv online bostøtte ledelsens opmærksomhed',
    en: 'Give it the attention of management',
    steps: [
      step(
        'Sæt mål, der kan måles: hvor mange medarbejdere og borgere, tilfredshed, aflysninger, vejtid',
        'Set goals that can be measured: how many workers and citizens, satisfaction, cancellations, travel time',
      ),
      step('Sæt det på dagsordenen på ledermøderne', "Put it on the agenda of the managers' meetings"),
      step('Følg op på mål, økonomi, virkninger og kultur', 'Follow up on goals, costs, effects and culture'),
    ],
    pitfall: step('Mål, som ingen følger op på', 'Goals that nobody follows up'),
  },
  {
    code: 'F3',
    phase: 'preparation',
    actors: ['leader', 'project-lead'],
    tracks: ['method'],
    da: 'Beslut, hvordan online bostøtte leveres',
    en: 'Decide how it is delivered',
    steps: [
      step(
        'Planlægning: hver for sig, eller samtaler samlet på faste tider',
        'Planning: each on their own, or calls gathered at fixed times',
      ),
      step(
        'Hvorfra: på farten eller fra et rum på kontoret',
        'From where: on the move or from a room at the office',
      ),
      step('Udstyr: borgernes eget, eller også udlån', "Equipment: the citizens' own, or loans too"),
    ],
    pitfall: step(
      'Valg, der gør et besøg lettere end et opkald: så bliver der ikke ringet',
      'Choices that make a visit easier than a call: then nobody calls',
    ),
  },
  {
    code: 'F4',
    phase: 'preparation',
    actors: ['leader', 'procurement'],
    tracks: ['it', 'method'],
    da: 'Vælg leverandør og aftal service, support og udlån',
    en: 'Choose the vendor, and agree on service, support and loans',
    steps: [
      step(
        'Se, hvilke løsninger I allerede har, der kan bruges',
        'See which solutions you already have that will do',
      ),
      step(
        'Se, hvilken service og udbringning I allerede har',
        'See which service and delivery you already have',
      ),
      step(
        'Mangler det, så køb det hele: indkøb, klargøring, udbringning, service og hjemtagning',
        'Where that is missing, buy the whole of it: procurement, preparation, delivery, service and recovery',
      ),
      step(
        'Sørg for databeskyttelsen: log-in og krypterede forbindelser hele vejen',
        'See to data protection: log-in, and encrypted links all the way',
      ),
    ],
    pitfall: step(
      'En udlånskæde, der aldrig er prøvet før starten',
      'A chain of loans that was never tried before the start',
    ),
  },
  {
    code: 'F5',
    phase: 'preparation',
    actors: ['leader', 'project-lead', 'facility'],
    tracks: ['method'],
    da: 'Gør rummene klar',
    en: 'Make the rooms fit',
    steps: [
      step('Gør kontorer og mødelokaler egnede til video', 'Make offices and meeting rooms fit for video'),
      step('Indret enrum eller samtalebokse', 'Set up private rooms or booths'),
      step('Gør det let at booke, digitalt', 'Make booking easy, and digital'),
    ],
    pitfall: step(
      'Uegnede rum: så holder medarbejderne op med at ringe',
      'Unfit rooms: workers stop calling',
    ),
  },
  {
    code: 'F6',
    phase: 'preparation',
    actors: ['leader', 'support-worker'],
    tracks: ['method'],
    da: 'Vurdér løbende, hvem det passer til',
    en: 'Assess all along whom it suits',
    steps: [
      step(
        'Sig ambitionen højt: den foretrukne vej, eller et lille supplement',
        'Say the ambition aloud: the preferred way, or a small supplement',
      ),
      step(
        'Aftal, hvordan og hvor tit borgerne får det fortalt',
        'Agree how and how often citizens are told of it',
      ),
      step('Tal om vurderingerne på personalemøderne', 'Talk about the assessments at staff meetings'),
    ],
    pitfall: step(
      'At den enkelte medarbejders holdning afgør, om en borger får tilbuddet',
      "That each worker's own attitude decides whether a citizen is offered it",
    ),
  },
  {
    code: 'F7',
    phase: 'preparation',
    actors: ['leader', 'project-lead', 'vendor'],
    tracks: ['method'],
    da: 'Aftal, hvordan der registreres og dokumenteres',
    en: 'Agree on registration and documentation',
    steps: [
      step(
        'Hvordan et skærmbesøg skrives i fagsystemet',
        'How a video visit is written down in the case system',
      ),
      step('Fortæl medarbejderne, hvad ledelsen bruger det til', 'Tell workers what management uses it for'),
    ],
    pitfall: step('Ingen tal at blive klogere af', 'No data to learn from'),
  },
  {
    code: 'F8',
    phase: 'preparation',
    actors: ['project-lead', 'vendor'],
    tracks: ['it'],
    da: 'Lav vejledninger til udstyret',
    en: 'Write guides for the equipment',
    steps: [
      step('En vejledning til borgerne i et let sprog', 'A guide for citizens in plain language'),
      step(
        'En vejledning til medarbejderne med det, borgerne oftest spørger om',
        'A guide for workers with what citizens ask most often',
      ),
    ],
    pitfall: step(
      'Drillende teknik tager modet fra begge parter',
      'Technology that teases takes the heart out of both sides',
    ),
  },
  {
    code: 'F9',
    phase: 'preparation',
    actors: ['project-lead', 'support-worker', 'citizen'],
    tracks: ['it', 'method'],
    da: 'Prøv det hele af',
    en: 'Test the whole set-up',
    steps: [
      step(
        'Gennemfør tre til fem prøveforløb fra ende til anden, med vejledninger og lånt udstyr',
        'Run three to five test cases from end to end, with guides and loaned equipment',
      ),
      step('Ret vejledninger og arbejdsgange til', 'Adjust guides and workflows'),
    ],
    pitfall: step(
      'Små rettelser kan nås senere; slet ikke at prøve kan ikke rettes op',
      'Small corrections can still be made later; not having tested at all cannot',
    ),
  },
  {
    code: 'I1',
    phase: 'implementation',
    actors: ['leader', 'project-lead', 'support-worker'],
    tracks: ['method'],
    da: 'Hold kickoff',
    en: 'Hold the kick-off',
    steps: [
      step(
        'Saml medarbejdere og teamledere om mål, roller og tidsplan',
        'Gather workers and team leaders around goals, roles and timeline',
      ),
    ],
    pitfall: step(
      'Formålet og det, man håber på, forbliver uklart',
      'The purpose, and what is hoped for, stay vague',
    ),
  },
  {
    code: 'I2',
    phase: 'implementation',
    actors: ['project-lead', 'support-worker'],
    tracks: ['method'],
    da: 'Vurdér og udvælg borgere',
    en: 'Assess and select citizens',
    steps: [
      step(
        'Hold en workshop, hvor hver medarbejder gennemgår sine borgere',
        'Hold a workshop in which each worker goes through their citizens',
      ),
      step(
        'Vælg så mange som muligt; borgeren kan altid sige nej',
        'Choose as many as possible; the citizen may always say no',
      ),
    ],
    pitfall: step(
      'Borgerne synes oftere selv, at det passer til dem, end deres medarbejder gør',
      'Citizens find themselves suited more often than their workers do',
    ),
  },
  {
    code: 'I3',
    phase: 'implementation',
    actors: ['leader', 'project-lead', 'support-worker'],
    tracks: ['it', 'method'],
    da: 'Lær det',
    en: 'Build the skills',
    steps: [
      step('Undervisning i udstyret', 'Training in the equipment'),
      step(
        'Undervisning i de vanskeligheder, borgerne oftest har',
        'Training in the trouble that citizens have most often',
      ),
      step('Workshops og supervision i metoden', 'Workshops and supervision in the method'),
    ],
    pitfall: step(
      'Det sværeste er, at medarbejderne gør metoden til deres egen',
      'The hardest part is that workers make the method their own',
    ),
  },
  {
    code: 'I4',
    phase: 'implementation',
    actors: ['leader', 'project-lead', 'support-worker'],
    tracks: ['method'],
    da: 'Støt den nye kultur',
    en: 'Support the change of culture',
    steps: [
      step('Sæt tid af til teknikken', 'Set time aside for the technology'),
      step('Sæt tid af til metoden', 'Set time aside for the method'),
      step('Find ildsjæle blandt medarbejderne', 'Name those among the workers who go ahead'),
    ],
    pitfall: step(
      'Lille brug, og mange borgere, der aldrig får tilbuddet',
      'Little use, and many citizens who are never offered it',
    ),
  },
  {
    code: 'I5',
    phase: 'implementation',
    actors: ['leader', 'project-lead'],
    tracks: ['method'],
    da: 'Aftal nye roller og arbejdsgange',
    en: 'Agree on new roles and workflows',
    steps: [
      step('Find ud af, hvilke roller og opgaver der er nye', 'Find out which roles and tasks are new'),
      step(
        'Beskriv arbejdsgangene, fortæl dem til alle, og se, om de bliver fulgt',
        'Describe the workflows, tell everybody, and check that they are followed',
      ),
    ],
    pitfall: step('Ikke alle får det at vide', 'Not everybody is told'),
  },
  {
    code: 'I6',
    phase: 'implementation',
    actors: ['leader', 'project-lead'],
    tracks: ['method'],
    da: 'Fortæl om datasikkerhed, og følg op',
    en: 'Inform about data security, and check',
    steps: [
      step(
        'Tag sikkerheden med i hver vejledning og arbejdsgang',
        'Make security part of every guide and workflow',
      ),
      step(
        'Tal om den jævnligt, og skriv ned, hvem der har hørt det hvornår',
        'Speak of it regularly, and note who was told when',
      ),
    ],
    pitfall: step(
      'At man griber til de velkendte værktøjer, som ikke er godkendt',
      'Falling back on well-known tools that are not approved',
    ),
  },
  {
    code: 'D1',
    phase: 'operation',
    actors: ['leader', 'support-worker'],
    tracks: ['method'],
    da: 'Følg løbende op på brug og udbredelse',
    en: 'Follow up on use and spread, all along',
    steps: [
      step('Målene', 'The goals'),
      step('Rummene', 'The rooms'),
      step('Erfaringerne med, hvem det passer til', 'Experience with whom it suits'),
      step('Oplæring af nye kolleger', 'Training of newcomers'),
      step('Kulturen', 'The culture'),
      step('Datasikkerheden', 'Data security'),
    ],
    pitfall: step(
      'Opmærksomheden forsvinder, når projektet er slut',
      'Attention fades once the project is over',
    ),
  },
];

const byCode: ReadonlyMap<string, HandbookEntry> = new Map(handbook.map((entry) => [entry.code, entry]));

/** An activity of the handbook; none for a word of one's own. */
export const findInHandbook = (code: string): HandbookEntry | undefined => byCode.get(code);
