#include <etude/tokenizer.hpp>

namespace etude {

Tokenizer::~Tokenizer() = default;

}  // namespace etude
