import { CitizensAccesses } from './accesses.ts';
import { CitizensAdd } from './add.ts';
import { CitizensAssess } from './assess.ts';
import { CitizensAssessments } from './assessments.ts';
import { CitizensChange } from './change.ts';
import { CitizensCorrect } from './correct.ts';
import { CitizensErase } from './erase.ts';
import { CitizensExport } from './export.ts';
import { CitizensFind } from './find.ts';
import { CitizensIdentity } from './identity.ts';
import { CitizensImport } from './import.ts';
import { CitizensList } from './list.ts';
import { CitizensShow } from './show.ts';
import { CitizensStep } from './step.ts';
import { CitizensSteps } from './steps.ts';

export const commands = {
  list: CitizensList,
  show: CitizensShow,
  add: CitizensAdd,
  change: CitizensChange,
  step: CitizensStep,
  steps: CitizensSteps,
  assess: CitizensAssess,
  assessments: CitizensAssessments,
  identity: CitizensIdentity,
  correct: CitizensCorrect,
  find: CitizensFind,
  accesses: CitizensAccesses,
  erase: CitizensErase,
  import: CitizensImport,
  export: CitizensExport,
};
