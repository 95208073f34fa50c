// What a study ends with: [study] finish.
#pragma once

#include <config/experiment.hpp>
#include <filesystem>

namespace etude {

/// Fits scaling laws to the runs that count and draws the report, as far as the study asks for it. That one of them cannot be
/// done is a warning: the runs are there, and the command of its own says more.
void finish_study(const Study& study, const std::filesystem::path& directory);

}  // namespace etude
