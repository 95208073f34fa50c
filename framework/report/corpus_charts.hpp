// What a corpus is made of, as charts.
#pragma once

#include <corpus/analysis.hpp>
#include <corpus/corpus.hpp>
#include <report/chart.hpp>

namespace etude {

/// How many of the most frequent characters are shown.
inline constexpr std::size_t shown_characters = 30;

/// "a", and for what cannot be seen "space", "newline", "U+00A0".
std::string character_name(char32_t character);

/// gzip-ratio, threshold-curve, lengths (of the sample); characters, outcomes, splits (of the corpus).
std::vector<Chart> corpus_charts(const Corpus& corpus, const Analysis& analysis);

}  // namespace etude
