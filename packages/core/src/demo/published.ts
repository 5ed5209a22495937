/**
 * What the demo data are true to: the published numbers of "Projekt online bostøtte" (2016), a survey among 114 of 190
 * citizens with online support (percent, several answers possible) and counts of the project. Copied from
 * shared/data/distributions.json, whose source line this is. Left out: `age`, since the product knows no ages;
 * `workersPerMunicipality`, a range that 16 workers lie within; and `citizensPerWorkerAll` (8.2), since the demo is to have
 * 450 citizens and 40 workers, which is 11.25 each.
 */
export const published = {
  /** Held video visits per citizen who has had any. */
  sessionsPerCitizen: { '1': 33, '2-3': 33, '4-7': 17, 'over 7': 17 },
  /**
   * Share of a citizen's support given by video. 4 percent did not know; recorded minutes always give a share, so these
   * are spread over the others.
   */
  onlineShareOfSupport: { '0-24': 80, '25-49': 8, '50-74': 4, '75-100': 4 },
  purposes: {
    'make-contact': 16,
    'away-from-home': 16,
    'smaller-bites': 53,
    illness: 31,
    tapering: 10,
    other: 25,
  },
  topics: {
    'supportive-talk': 93,
    structure: 66,
    practical: 42,
    accompaniment: 35,
    'reading-post': 29,
    medication: 2,
    other: 13,
  },
  women: 46,
  /** Citizens with online support who met technical problems. */
  technicalProblems: 81,
  /** No usable device, or too weak a connection. */
  noUsableEquipment: 30,
  /** Minutes per worker and day, from and to. */
  travelMinutesPerWorkerDay: [25, 60],
  waitingMinutesPerWorkerDay: [0, 15],
} as const;
