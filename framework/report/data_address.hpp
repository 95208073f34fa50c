// Addresses that carry their content (RFC 2397), so that a page needs no other file. They may stand in a quoted attribute as they
// are.
#pragma once

#include <string>
#include <string_view>

namespace etude {

/// Of a picture. As the source of an <img> nothing in it runs, and nothing is fetched for it.
std::string svg_address(std::string_view svg);

/// Of bytes, in base64. @param type  "audio/ogg"
std::string data_address(std::string_view type, std::string_view bytes);

}  // namespace etude
