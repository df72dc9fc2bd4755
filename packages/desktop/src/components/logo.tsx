import { refuseUrl } from '@poise/layout';
import { useState } from 'react';
import { useDesktopState } from '../desktop-context.tsx';
import { useMessages } from '../messages/index.tsx';
import { Typed } from '../messages/typed.tsx';
import type { DesktopState } from '../session/store.ts';

const theTitle = ({ layout }: DesktopState) => layout?.properties.title ?? null;
const theLogo = ({ layout }: DesktopState) => layout?.properties.logo ?? null;

/** Sign and name of the product, or what the layout sets for them (gadgets.md 1.3). An image that does not come is that of the product. */
export function Logo() {
  const { t } = useMessages();
  const title = useDesktopState(theTitle);
  const logo = useDesktopState(theLogo);
  const [failed, setFailed] = useState<string | null>(null);
  const own = logo !== null && logo !== failed && refuseUrl(logo) === null ? logo : null;
  return (
    <div className="brand" title={title ?? undefined}>
      {own === null ? (
        <img src={`${import.meta.env.BASE_URL}favicon.svg`} alt="" />
      ) : (
        <img className="own-logo" src={own} alt="" onError={() => setFailed(own)} />
      )}
      <Typed>{title ?? t('app.title')}</Typed>
    </div>
  );
}
