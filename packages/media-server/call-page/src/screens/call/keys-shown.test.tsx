import { renderToStaticMarkup } from 'react-dom/server';
import { describe, expect, it } from 'vitest';
import { callOf, hostPage, pageOf } from '../../gallery/sample.ts';
import type { KeyProgress, KeysSnapshot } from '../../keys/state.ts';
import { da } from '../../texts/da.ts';
import { HostPanel } from './host.tsx';
import { CodePanel } from './panels.tsx';
import { Signs } from './signs.tsx';

const { encryptionMore, encryption, host } = da;
const nothing = () => undefined;
const keysWith = (seat: string, progress: KeyProgress, renewed = false): KeysSnapshot => ({
  seats: [{ seat, progress, code: progress === 'mismatch' ? null : '123 456', renewed }],
  epoch: 1,
});
const signs = (progress: KeyProgress) =>
  renderToStaticMarkup(
    <Signs
      page={pageOf()}
      call={callOf()}
      keys={keysWith(pageOf().me.seat, progress)}
      writing={false}
      encryption="end-to-end"
      encryptionPressed={false}
      onCode={nothing}
      onSound={nothing}
    />,
  );
const panel = (progress: KeyProgress, renewed = false) => {
  const page = hostPage();
  const citizen = page.seats.find(({ kind }) => kind === 'citizen')?.id ?? '';
  const seats = page.seats.map((seat) => ({
    ...seat,
    state: 'admitted' as const,
    present: true,
    canEncrypt: true,
  }));
  const acts = {
    admit: nothing,
    refuse: nothing,
    declareAlone: nothing,
    tellCompany: nothing,
    prepare: async () => true,
  };
  return renderToStaticMarkup(
    <HostPanel page={{ ...page, seats }} keys={keysWith(citizen, progress, renewed)} acts={acts} />,
  );
};

describe('keys that do not fit', () => {
  it('are told beside the picture, where nothing promises any more that nobody listens', () => {
    expect(signs('ready')).toContain(encryption['end-to-end']);
    expect(signs('ready')).not.toContain(encryptionMore.mismatch);
    expect(signs('mismatch')).toContain(encryptionMore.mismatch);
    expect(signs('mismatch')).not.toContain(encryption['end-to-end']);
  });

  it('are told to the host of the seat, instead of a code that never comes', () => {
    expect(panel('mismatch')).toContain(encryptionMore.mismatch);
    expect(panel('mismatch')).not.toContain(encryptionMore.noCode);
    expect(panel('ready')).not.toContain(encryptionMore.mismatch);
  });

  it('are told once where one looks for the code', () => {
    const shown = renderToStaticMarkup(
      <CodePanel
        page={pageOf()}
        keys={keysWith(pageOf().me.seat, 'mismatch')}
        encryption="end-to-end"
        doubtful
      />,
    );
    expect(shown.split(encryptionMore.mismatch)).toHaveLength(2);
  });
});

describe('keys that fit', () => {
  it('are shown to the host with who has them, and to compare again where they are new', () => {
    expect(panel('ready')).toContain(host.hasKey);
    expect(panel('compared')).not.toContain(host.hasKey);
    expect(panel('ready', true)).toContain(encryptionMore.renewed);
    expect(panel('ready')).not.toContain(encryptionMore.renewed);
  });
});
