import type { CallPage } from '@naer/core/contract/call-page';
import { type FormEvent, type ReactNode, useEffect, useRef } from 'react';
import type { ChatLine } from '../../media/state.ts';
import { clockOf } from '../../texts/format.ts';
import { useLanguage, useTexts } from '../../texts/index.ts';
import { nameIn } from './people.ts';

export interface ChatProps {
  readonly page: CallPage;
  readonly lines: readonly ChatLine[];
  /** Why it stands on the stage; null in a panel. */
  readonly why: ReactNode;
  /** What is being written: kept by the call, since the chat may change its place meanwhile. */
  readonly draft: string;
  readonly onDraft: (text: string) => void;
  readonly onSay: (text: string) => void;
  readonly onSayAgain: (id: string) => void;
}

const longest = 2000;

export function Chat({ page, lines, why, draft, onDraft, onSay, onSayAgain }: ChatProps) {
  const texts = useTexts();
  const language = useLanguage();
  const end = useRef<HTMLLIElement>(null);
  const count = lines.length;
  useEffect(() => {
    if (count > 0) end.current?.scrollIntoView({ block: 'nearest' });
  }, [count]);
  const send = (event: FormEvent) => {
    event.preventDefault();
    const said = draft.trim();
    if (said === '') return;
    onSay(said);
    onDraft('');
  };
  const name = nameIn(page, texts, language);
  return (
    <div className="chat">
      {why}
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by keyboard. */}
      <ol className="lines" aria-label={texts.chat.title} tabIndex={0}>
        {count === 0 && <li className="empty">{texts.chat.empty}</li>}
        {lines.map(({ id, seat, text: said, at, failed }) => (
          <li key={id} className={seat === null ? 'line mine' : 'line'}>
            <span className="who">
              {seat === null ? texts.chat.you : name(seat)} <time>{clockOf(at, language)}</time>
            </span>
            <span className="said">{said}</span>
            {failed && (
              <button type="button" className="button quiet" onClick={() => onSayAgain(id)}>
                {texts.chat.failed}
              </button>
            )}
          </li>
        ))}
        <li ref={end} aria-hidden="true" />
      </ol>
      <form className="say" onSubmit={send}>
        <input
          aria-label={texts.chat.label}
          placeholder={texts.chat.label}
          value={draft}
          maxLength={longest}
          autoComplete="off"
          enterKeyHint="send"
          onChange={(event) => onDraft(event.target.value)}
        />
        <button type="submit" className="button primary">
          {texts.chat.send}
        </button>
      </form>
    </div>
  );
}
