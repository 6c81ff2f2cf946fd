/** A debt that shows whether a bucket's promises are kept costs at most this share of the limit beyond the burst. */
export const debtShare = 0.35;
