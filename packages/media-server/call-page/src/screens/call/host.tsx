import type { CallPage } from '@naer/core/contract/call-page';
import type { Seat } from '@naer/core/contract/calls';
import { useState } from 'react';
import type { KeysSnapshot } from '../../keys/state.ts';
import { clockOf } from '../../texts/format.ts';
import { useLanguage, useTexts } from '../../texts/index.ts';
import { Agenda } from '../agenda.tsx';
import { Icon } from '../icons.tsx';
import { Button } from '../parts.tsx';
import { Outcomes } from '../tests.tsx';
import { Company } from './company.tsx';
import { Code } from './panels.tsx';
import { nameOf } from './people.ts';

export interface HostActs {
  readonly admit: (seat: string) => void;
  readonly refuse: (seat: string) => void;
  readonly declareAlone: (alone: boolean) => void;
  /** Also the citizen's. */
  readonly tellCompany: (company: CallPage['company']) => void;
  /** Whether it was taken. */
  readonly prepare: (agenda: string | null) => Promise<boolean>;
}

export interface HostPanelProps {
  readonly page: CallPage;
  readonly keys: KeysSnapshot;
  readonly acts: HostActs;
}

/** Whom the host may let in or has let in, what to speak of, and whether they are alone. */
export function HostPanel({ page, keys, acts }: HostPanelProps) {
  const texts = useTexts();
  const language = useLanguage();
  const others = page.seats.filter(({ id, state }) => id !== page.me.seat && state !== 'refused');
  const keyOf = ({ id }: Seat) => keys.seats.find(({ seat }) => seat === id) ?? null;
  const waiting = others.filter(({ state }) => state === 'waiting');
  const rest = others.filter(({ state }) => state !== 'waiting');
  return (
    <div className="panel-body host">
      <label className="switch">
        <input
          type="checkbox"
          role="switch"
          checked={page.aloneSince !== null}
          aria-checked={page.aloneSince !== null}
          onChange={(event) => acts.declareAlone(event.target.checked)}
        />
        <span className="track" aria-hidden="true" />
        <span>
          <span className="strong">{texts.host.alone}</span>
          <small>
            {page.aloneSince === null
              ? texts.host.aloneLead
              : texts.call.alone(page.visit.worker, clockOf(page.aloneSince, language))}
          </small>
        </span>
      </label>
      <section className="part">
        <h3>{texts.host.waitingTitle}</h3>
        <div role="status">
          {waiting.length === 0 && <p className="quiet-text">{texts.host.nobodyWaits}</p>}
        </div>
        {waiting.length > 1 && (
          <Button look="primary" onPress={() => waiting.map(({ id }) => acts.admit(id))}>
            {texts.host.admitAll}
          </Button>
        )}
        <ul className="seats">
          {waiting.map((seat) => (
            <WaitingSeat key={seat.id} seat={seat} page={page} acts={acts} />
          ))}
        </ul>
      </section>
      {rest.length > 0 && (
        <ul className="seats">
          {rest.map((seat) => (
            <li key={seat.id} className="seat">
              <p className="seat-name">
                <Icon name="person" />
                <span>
                  <span className="strong">{nameOf(seat, page, texts, language)}</span>
                  <small>{seat.present ? texts.host.inCall : texts.seatStates[seat.state]}</small>
                </span>
              </p>
              {seat.canEncrypt === false && <p className="quiet-text">{texts.host.cannotEncrypt}.</p>}
              {seat.state === 'admitted' && keyOf(seat)?.progress === 'ready' && (
                <p className="quiet-text">{texts.host.hasKey}.</p>
              )}
              {seat.state === 'admitted' && seat.kind !== 'citizen' && (
                <SendOut name={nameOf(seat, page, texts, language)} onSure={() => acts.refuse(seat.id)} />
              )}
              {(seat.present || keyOf(seat)?.progress === 'mismatch') && seat.canEncrypt !== false && (
                <Code agreed={keyOf(seat)} />
              )}
            </li>
          ))}
        </ul>
      )}
      <Company page={page} onTell={acts.tellCompany} />
      <Agenda page={page} onSave={acts.prepare} />
    </div>
  );
}

/** Somebody who is in and should not be any more: asked once, since their link is then void. */
function SendOut({ name, onSure }: { readonly name: string; readonly onSure: () => void }) {
  const texts = useTexts().host;
  const [sure, setSure] = useState(false);
  if (!sure)
    return (
      <Button look="quiet" onPress={() => setSure(true)}>
        {texts.sendOut}
        <span className="sr"> {name}</span>
      </Button>
    );
  return (
    <div className="actions">
      <p>{texts.sendOutSure}</p>
      <Button onPress={onSure}>{texts.sendOutYes}</Button>
      <Button look="quiet" onPress={() => setSure(false)}>
        {texts.refuseNo}
      </Button>
    </div>
  );
}

function WaitingSeat({
  seat,
  page,
  acts,
}: {
  readonly seat: Seat;
  readonly page: CallPage;
  readonly acts: HostActs;
}) {
  const texts = useTexts();
  const language = useLanguage();
  const [refusing, setRefusing] = useState(false);
  const name = nameOf(seat, page, texts, language);
  return (
    <li className="seat">
      <p className="seat-name">
        <Icon name={seat.byPhone ? 'phone' : 'person'} />
        <span>
          <span className="strong">{name}</span>
          <small>
            {seat.waitingSince !== null && texts.host.waitsSince(clockOf(seat.waitingSince, language))}
            {seat.byPhone && ` · ${texts.host.byPhone}`}
          </small>
        </span>
      </p>
      {!seat.byPhone &&
        (seat.tests.length === 0 ? (
          <p className="quiet-text">{texts.host.noTests}.</p>
        ) : (
          <Outcomes results={seat.tests} />
        ))}
      {seat.canEncrypt === false && !seat.byPhone && (
        <p className="quiet-text">{texts.host.cannotEncrypt}.</p>
      )}
      {refusing ? (
        <div className="actions">
          <p>{texts.host.refuseSure}</p>
          <Button onPress={() => acts.refuse(seat.id)}>{texts.host.refuseYes}</Button>
          <Button look="quiet" onPress={() => setRefusing(false)}>
            {texts.host.refuseNo}
          </Button>
        </div>
      ) : (
        <div className="actions row">
          <Button look="primary" onPress={() => acts.admit(seat.id)}>
            {texts.host.admit}
            <span className="sr"> {name}</span>
          </Button>
          <Button onPress={() => setRefusing(true)}>
            {texts.host.refuse}
            <span className="sr"> {name}</span>
          </Button>
        </div>
      )}
    </li>
  );
}
