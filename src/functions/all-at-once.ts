/*
 * The entry of a clone and of the packed command, where what cannot be loaded is to be told at the start. The deployed
 * package begins with `main.ts`.
 */
import './work';
import './main';
