// Which runs are the same experiment but for its seeds.
#pragma once

#include <etude/value.hpp>
#include <record/run_record.hpp>
#include <string>

namespace etude {

/// Equal for runs on the same corpus with the same architecture and training, whatever their seeds, metrics, study and labels.
std::string cell_of(const RunHeader& header);

/// The same of an experiment that is parsed already.
/// @param experiment  the resolved one that a run records
std::string cell_of(const Table& experiment, const std::string& corpus_fingerprint);

}  // namespace etude
