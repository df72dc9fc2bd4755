import { useEffect, useState } from 'react';
import { useMessages } from '../messages/index.tsx';

/** What a layout would show: the names of its tabs, as far as it can be read. */
export function LayoutTabs({ xml }: { xml: string }) {
  const { t } = useMessages();
  const [tabs, setTabs] = useState<readonly string[]>([]);
  useEffect(() => {
    const timer = window.setTimeout(() => {
      const read = new DOMParser().parseFromString(xml, 'application/xml');
      setTabs(
        read.querySelector('parsererror')
          ? []
          : [...read.querySelectorAll('tab > label')].map((label) => label.textContent?.trim() ?? ''),
      );
    }, 300);
    return () => window.clearTimeout(timer);
  }, [xml]);
  return tabs.length === 0 ? null : <p className="hint">{t('layout.tabs', { tabs: tabs.join(', ') })}</p>;
}
