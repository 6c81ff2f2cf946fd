import { z } from 'zod';

export const id = z.string().regex(/^[A-Za-z0-9][A-Za-z0-9 ._-]{0,79}$/, 'letters, digits, space and . _ - only');
export const tokens = z.number().int().positive();
export const milliseconds = z.number().min(0);
export const share = z.number().min(0).max(1);
export const errorStatus = z.number().int().min(400).max(599);
