import { type ReactNode, useId } from 'react';
import { Button, Dialog, Heading, Modal, ModalOverlay } from 'react-aria-components';

/** A question over the page. Escape answers nothing: it is {@link onClose}, or no where there is no such answer. */
export function AskDialog({
  title,
  yes,
  no,
  onYes,
  onNo,
  onClose = onNo,
  children,
}: {
  title: string;
  yes: string;
  no: string;
  onYes: () => void;
  onNo: () => void;
  onClose?: () => void;
  children?: ReactNode;
}) {
  const id = useId();
  return (
    <ModalOverlay
      className="modal-overlay"
      isOpen
      onOpenChange={(isOpen) => isOpen || onClose()}
      // A landmark of its own: what the library draws beside the dialog belongs to a place that has a name.
      UNSTABLE_portalContainer={document.getElementById('layers') ?? document.body}
    >
      <Modal className="modal">
        <Dialog className="modal-dialog" role="alertdialog" aria-labelledby={id}>
          <div className="modal-head">
            <Heading slot="title" level={2} id={id}>
              {title}
            </Heading>
          </div>
          <div className="modal-body">
            {children}
            <div className="buttons">
              <Button className="button" autoFocus onPress={onNo}>
                {no}
              </Button>
              <Button className="button primary" onPress={onYes}>
                {yes}
              </Button>
            </div>
          </div>
        </Dialog>
      </Modal>
    </ModalOverlay>
  );
}
