import type { CallPage } from '@naer/core/contract/calls';
import type { Call, CallSnapshot, Person } from '../../media/state.ts';
import { startDown } from '../../texts/format.ts';
import { useLanguage, useTexts } from '../../texts/index.ts';
import { Icon } from '../icons.tsx';
import { Moving } from '../parts.tsx';
import { nameOf } from './people.ts';

export interface StageProps {
  readonly page: CallPage;
  readonly call: CallSnapshot;
  readonly show: Call['show'];
  readonly selfHidden: boolean;
}

/** The others, at the top in the middle, where the camera sits; a shared screen first; oneself small in the corner. */
export function Stage({ page, call, show, selfHidden }: StageProps) {
  const texts = useTexts();
  const language = useLanguage();
  const label = (seat: string) =>
    nameOf(
      page.seats.find(({ id }) => id === seat),
      page,
      texts,
      language,
    );
  const { people, own } = call;
  const sharing = people.find(({ screen }) => screen !== null);
  const awaited = page.me.isHost ? startDown(texts.seats.citizen) : page.visit.worker;
  return (
    <section className="stage">
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
        <div
          className={`people count-${Math.min(people.length, 8)}${sharing === undefined ? '' : ' beside'}`}
        >
          {people.map((person) => (
            <Face key={person.seat} person={person} name={label(person.seat)} show={show} />
          ))}
        </div>
      )}
      {!selfHidden && own.picture !== null && (
        <Moving
          id={own.picture.id}
          attach={(element) => show(element, null, 'camera')}
          label={texts.call.ownPicture}
          mirrored={own.facing === 'user'}
          className="self"
        />
      )}
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
    <figure className={person.speaking ? 'face speaking' : 'face'}>
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
        {sound !== 'on' && <span className="sr">: {texts.otherMuted(name)}</span>}
      </figcaption>
    </figure>
  );
}
