export { virtualClock } from '../exam/virtual-clock';
