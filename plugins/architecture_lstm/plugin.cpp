#include <etude/plugin.hpp>

#include "lstm.hpp"

ETUDE_PLUGIN("etude.lstm", "1.0.0", registry) {
  registry.add<etude::lstm::LstmModel>("lstm", "Stacked long short-term memory layers with a tied output");
}
