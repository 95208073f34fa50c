#include "bpe_tokenizer.hpp"

ETUDE_PLUGIN("etude.tokenizer_bpe", "1.0.0", registry) {
  registry.add<etude::bpe::BpeTokenizer>("bpe", "Byte-level byte pair encoding, the same as Hugging Face tokenizers'");
}
