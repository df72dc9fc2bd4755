import { type ReactNode, useId } from 'react';
import { Button, Dialog, Heading, Modal, ModalOverlay } from 'react-aria-components';
import { useMessages } from '../messages/index.tsx';
import { Icon } from './icon.tsx';

/** A dialog over the page. Escape, a press beside it and the button at its top close it. */
export function ModalDialog({
  title,
  onClose,
  children,
}: {
  title: string;
  onClose: () => void;
  children: ReactNode;
}) {
  const { t } = useMessages();
  const headingId = useId();
  return (
    <ModalOverlay
      className="modal-overlay"
      isOpen
      isDismissable
      onOpenChange={(isOpen) => isOpen || onClose()}
    >
      <Modal className="modal">
        <Dialog className="modal-dialog" aria-labelledby={headingId}>
          <div className="modal-head">
            <Heading slot="title" level={2} id={headingId}>
              {title}
            </Heading>
            <Button className="icon-button" aria-label={t('dialog.close')} onPress={onClose}>
              <Icon name="close" />
            </Button>
          </div>
          <div className="modal-body">{children}</div>
        </Dialog>
      </Modal>
    </ModalOverlay>
  );
}
