#include <etude/plugin.hpp>

#include "gpt.hpp"

ETUDE_PLUGIN("etude.gpt", "1.0.0", registry) {
  registry.add<etude::gpt::Gpt>("gpt", "Transformer with learned positions and pre-norm blocks (GPT-2; nanoGPT)");
}
