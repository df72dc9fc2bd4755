/** A part of the page that is loaded when it is wanted, or that may fail: what goes wrong with it is told in its place. */
import { Component, type ReactNode, Suspense } from 'react';
import { Button } from 'react-aria-components';
import { useMessages } from '../messages/index.tsx';

interface PartProps {
  readonly children: ReactNode;
  /** Shown while it is loaded. */
  readonly fallback?: ReactNode;
  /** What stands around the words that it failed. Default: nothing. */
  readonly frame?: (words: ReactNode) => ReactNode;
}

/** The rest of the page goes on. Calls and the sign-in are kept when the page is loaded anew. */
export class Part extends Component<PartProps, { readonly hasFailed: boolean }> {
  override state = { hasFailed: false };

  static getDerivedStateFromError() {
    return { hasFailed: true };
  }

  override render() {
    const { children, fallback = null, frame = (words) => words } = this.props;
    return this.state.hasFailed ? frame(<Failed />) : <Suspense fallback={fallback}>{children}</Suspense>;
  }
}

/** A browser may keep that a script could not be loaded until the page is: so that is what is offered. */
function Failed() {
  const { t } = useMessages();
  return (
    <div className="notice error ask" role="alert">
      <p>{t('part.failed')}</p>
      <Button className="button" onPress={() => location.reload()}>
        {t('part.reload')}
      </Button>
    </div>
  );
}
