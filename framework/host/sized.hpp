// Architectures that choose their shape by size.
#pragma once

#include <host/catalogue.hpp>

namespace etude {

/// The options of architecture `id` with a shape of about `parameters` parameters in total; what is not part of the shape is as
/// in `options`.
/// @throws Error if the architecture chooses no shapes (Part::sized), or none has about this size
Table options_for_size(const Catalogue& catalogue, const std::string& id, const Table& options, std::int64_t vocab_size,
                       std::int64_t context_length, double parameters);

}  // namespace etude
