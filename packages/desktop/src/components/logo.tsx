import { useMessages } from '../messages/index.tsx';

/** Sign and name of the product, or what the layout sets for them. */
export function Logo() {
  const { t } = useMessages();
  return (
    <div className="brand">
      <img src={`${import.meta.env.BASE_URL}favicon.svg`} alt="" />
      <span>{t('app.title')}</span>
    </div>
  );
}
