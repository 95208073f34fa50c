// What a group of runs is on average.
#pragma once

#include <study/comparison_columns.hpp>
#include <study/grouped_comparison.hpp>

namespace etude {

/// The columns of which groups show the mean.
inline constexpr std::array averaged_columns = {
    ComparedColumn{"parameters", &ComparedRun::parameters},
    ComparedColumn{"tokens", &ComparedRun::tokens},
    ComparedColumn{"validation_loss", &ComparedRun::validation_loss},
    ComparedColumn{"bits_per_character", &ComparedRun::bits_per_character},
    ComparedColumn{"test_perplexity", &ComparedRun::test_perplexity},
    ComparedColumn{"tokens_per_second", &ComparedRun::tokens_per_second},
    ComparedColumn{"wall_seconds", &ComparedRun::wall_seconds},
};

/// Everything of a group but its difference to others. Of a loss that its runs did not measure on the same text there is no mean.
RunGroup averaged(const GroupedRuns& runs);

}  // namespace etude
