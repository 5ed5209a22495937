import { useEffect, useState } from 'react';
import { isFloating, setFloating, watchFloating } from '../../media/picture-in-picture.ts';
import { useTexts } from '../../texts/index.ts';
import { Button } from '../parts.tsx';

/** Lets the other's picture float above other programs, and takes it back. */
export function SmallWindow({ picture }: { readonly picture: HTMLVideoElement }) {
  const texts = useTexts().call;
  const [floats, setFloats] = useState(() => isFloating(picture));
  useEffect(() => {
    const look = () => setFloats(isFloating(picture));
    look();
    return watchFloating(picture, look);
  }, [picture]);
  return (
    <Button onPress={() => void setFloating(picture, !isFloating(picture))}>
      {floats ? texts.closeSmallWindow : texts.pictureInPicture}
    </Button>
  );
}
