/** Cases of the terminology ecosystem that Vesta answers in another way, and why. */
const NOT_HERE = 'Its definitions (folder extensions/) are not among the files of the suite that are at hand.';

export const differences: Readonly<Record<string, string>> = {
  'batch-validate-bad':
    'A parameter that no operation has, `codingX`, is refused as that; others find no code to validate.',
  'broken-filter-expand':
    'A filter without a value breaks R4 (filter.value is 1..1): such a ValueSet cannot be stored here.',
  'broken-filter-validate': 'As above.',
  'language-xform-en-multi-de-hard': 'displayLanguage is told as it was sent, `de,*; q=0`; others put a blank in.',
  'parameters-expand-enum-definitions3': NOT_HERE,
  'parameters-expand-supplement-good': NOT_HERE,
  'parameters-expand-supplement-none': NOT_HERE,
  'parameters-lookup-supplement-good': NOT_HERE,
  'parameters-lookup-supplement-none': NOT_HERE,
  'parameters-validate-supplement-good': NOT_HERE,
  'parameters-validate-supplement-none': NOT_HERE,
  'simple-expand-child-of':
    '`child-of` is an operator of R5: R4 binds filter.op to a list without it, so the ValueSet cannot be stored.',
  'unknown-system2':
    'The sentence quotes the url of the system, as it does in unknown-system1; here the suite has it without quotes.',
};
