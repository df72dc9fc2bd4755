import { useMessages } from '../messages/index.tsx';

export default function TeamPerformance() {
  const { t } = useMessages();
  return <p className="hint">{t('gadget.loading')}</p>;
}
