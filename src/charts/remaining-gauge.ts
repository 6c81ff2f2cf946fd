import { type Chart, commonOption, fontFamily, type Palette } from './chart';

export interface Remaining {
  readonly tokensPerMinute: number;
  readonly remainingTokens: number;
  readonly isThrottled: boolean;
}

/** How much of its token limit a customer had left when that was last seen. */
export function remainingGauge({ tokensPerMinute, remainingTokens, isThrottled }: Remaining, palette: Palette): Chart {
  const colour = isThrottled || remainingTokens <= 0 ? palette.fail : palette.accent;
  return {
    title: 'Tokens left',
    description: `${remainingTokens} of ${tokensPerMinute} tokens a minute were left.`,
    heightPx: 140,
    option: {
      ...commonOption(palette),
      series: [
        {
          type: 'gauge',
          startAngle: 200,
          endAngle: -20,
          min: 0,
          max: Math.max(tokensPerMinute, remainingTokens),
          center: ['50%', '74%'],
          radius: '130%',
          progress: { show: true, width: 16, itemStyle: { color: colour } },
          axisLine: { lineStyle: { width: 16, color: [[1, palette.line]] } },
          pointer: { show: false },
          axisTick: { show: false },
          splitLine: { show: false },
          axisLabel: { show: false },
          title: { offsetCenter: [0, '30%'], color: palette.mutedText, fontSize: 12, fontFamily },
          detail: {
            offsetCenter: [0, '-4%'],
            color: palette.text,
            fontSize: 28,
            fontWeight: 600,
            fontFamily,
            formatter: '{value}',
          },
          data: [{ value: remainingTokens, name: `left of ${tokensPerMinute}` }],
        },
      ],
    },
  };
}
