import type { Report } from '../src/audit/report';
import { diffAddress } from './address';
import { el } from './element';

export interface CompareChoice {
  /** Stands above the history: says what to do, and leads to the comparison once two audits are chosen. */
  readonly bar: HTMLElement;
  /** A checkbox for an audit's row. */
  boxFor(report: Report): HTMLElement;
}

/** Two audits of one check, chosen to be compared: with the first, those of other checks can no longer be. */
export function compareChoice(customerId: string): CompareChoice {
  const chosen = new Map<string, Report>();
  const boxes = new Map<HTMLInputElement, Report>();
  const bar = el('p', { class: 'compare', role: 'status' });

  const inOrder = () => [...chosen.values()].toSorted((a, b) => a.sequence - b.sequence);

  function drawBox(box: HTMLInputElement, { auditId, check }: Report): void {
    const [first, second] = inOrder();
    box.checked = chosen.has(auditId);
    box.disabled = !box.checked && (second !== undefined || (first !== undefined && first.check !== check));
  }

  function draw(): void {
    const [first, second] = inOrder();
    for (const [box, report] of boxes) {
      // The history draws its rows anew when older ones are added to them.
      if (box.isConnected) drawBox(box, report);
      else boxes.delete(box);
    }
    bar.replaceChildren(
      first === undefined
        ? el('span', { class: 'muted' }, 'Tick two audits of one check to see what changed.')
        : second === undefined
          ? el('span', {}, `Tick another ${first.check} audit to see what changed.`)
          : el(
              'a',
              { href: diffAddress(customerId, { against: first.auditId, auditId: second.auditId }) },
              `What changed between these two ${first.check} audits`,
            ),
    );
  }

  draw();
  return {
    bar,
    boxFor(report) {
      const box = el('input', {
        type: 'checkbox',
        'aria-label': `Compare audit ${report.sequence}, ${report.check}`,
        onchange: () => {
          if (box.checked) chosen.set(report.auditId, report);
          else chosen.delete(report.auditId);
          draw();
        },
      });
      boxes.set(box, report);
      drawBox(box, report);
      return box;
    },
  };
}
