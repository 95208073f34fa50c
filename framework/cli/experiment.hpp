// What commands on experiments begin with: the file, the plugins that it asks for, and the runs that it describes.
#pragma once

#include <cli/command.hpp>
#include <config/experiment.hpp>
#include <host/catalogue.hpp>

namespace etude {

struct LoadedExperiment {
  Catalogue catalogue;
  Study study;
};

/// Reads the experiment that `values` names ("experiment", "set", "plugin-dir") against the plugins found.
LoadedExperiment load_experiment(const boost::program_options::variables_map& values);

/// A part that the study uses.
struct UsedPart {
  Kind kind;
  std::string id;
  bool operator==(const UsedPart&) const = default;
};

/// The parts that the runs of the study use, each once, by kind.
std::vector<UsedPart> used_parts(const Study& study);

/// What was chosen for the sizes that the study asks for: "gpt with about 100 k parameters: n_layer 3, n_head 3, n_embd 48".
std::vector<std::string> chosen_shapes(const Study& study);

/// "n_layer 3, n_head 3, n_embd 48".
std::string shape_text(const SizedShape& shape);

}  // namespace etude
