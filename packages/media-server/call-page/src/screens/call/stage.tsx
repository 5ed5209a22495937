import type { CallPage } from '@naer/core/contract/call-page';
import { useRef } from 'react';
import type { Call, CallSnapshot, Person } from '../../media/state.ts';
import { startDown } from '../../texts/format.ts';
import { useLanguage, useTexts } from '../../texts/index.ts';
import { Icon } from '../icons.tsx';
import { Moving } from '../parts.tsx';
import { type Largest, layOut } from './layout.ts';
import { nameIn } from './people.ts';

export interface StageProps {
  readonly page: CallPage;
  readonly call: CallSnapshot;
  readonly show: Call['show'];
  readonly selfHidden: boolean;
}

/**
 * The others, at the top in the middle, where the camera sits, and oneself small in the corner. From three others on, one is
 * large and the rest stand in a row below, oneself among them; a shared screen is larger than anybody.
 */
export function Stage({ page, call, show, selfHidden }: StageProps) {
  const texts = useTexts();
  const language = useLanguage();
  const label = nameIn(page, texts, language);
  const { people, own } = call;
  const last = useRef<Largest | null>(null);
  const { sharing, large, row, largest } = layOut(people, page, last.current, Date.now());
  last.current = largest;
  const awaited = page.me.isHost ? startDown(texts.seats.citizen) : page.visit.worker;
  const face = (person: Person) => (
    <Face key={person.seat} person={person} name={label(person.seat)} show={show} />
  );
  const self = !selfHidden && own.picture !== null && (
    <Moving
      id={own.picture.id}
      attach={(element) => show(element, null, 'camera')}
      label={texts.call.ownPicture}
      mirrored={own.facing === 'user'}
      className="self"
    />
  );
  return (
    <section className={`stage${row.length > 0 ? ' with-row' : ''}${sharing === null ? '' : ' sharing'}`}>
      {sharing?.screen != null && (
        <figure className="shared">
          <Moving
            id={sharing.screen.id}
            attach={(element) => show(element, sharing.seat, 'screen')}
            label={texts.call.screenOf(label(sharing.seat))}
            className="screen-picture"
          />
          <figcaption>{texts.call.screenOf(label(sharing.seat))}</figcaption>
        </figure>
      )}
      {people.length === 0 ? (
        <div className="nobody">
          <Icon name="person" />
          <p role="status">{texts.call.waitingForOther(awaited)}</p>
        </div>
      ) : (
        <>
          {large.length > 0 && (
            <div className={`people count-${large.length}${sharing === null ? '' : ' beside'}`}>
              {large.map(face)}
            </div>
          )}
          {row.length > 0 && (
            <div className={`face-row of-${row.length + (self === false ? 0 : 1)}`}>
              {row.map(face)}
              {self}
            </div>
          )}
        </>
      )}
      {row.length === 0 && self}
    </section>
  );
}

function Face({
  person,
  name,
  show,
}: {
  readonly person: Person;
  readonly name: string;
  readonly show: Call['show'];
}) {
  const texts = useTexts().call;
  const { seat, camera, sound } = person;
  return (
    <figure className={`face${camera === null ? '' : ' seen'}${person.speaking ? ' speaking' : ''}`}>
      {camera === null ? (
        <div className="nobody">
          <Icon name="camera" struck />
          <p>{texts.otherCameraOff(name)}</p>
        </div>
      ) : (
        <Moving
          id={camera.id}
          attach={(element) => show(element, seat, 'camera')}
          label={texts.pictureOf(name)}
          className="other"
        />
      )}
      <figcaption>
        {sound !== 'on' && <Icon name="microphone" struck />}
        {name}
        {sound !== 'on' && (
          <span className="sr">
            : {sound === 'muted' ? texts.otherMuted(name) : texts.otherNoSound(name)}
          </span>
        )}
      </figcaption>
    </figure>
  );
}
