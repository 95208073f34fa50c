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

}  // namespace etude
