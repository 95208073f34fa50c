// SHA-256, the name of a content.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>

struct evp_md_ctx_st;

namespace dataset_music {

class Digest {
 public:
  Digest();
  ~Digest();
  Digest(const Digest&) = delete;
  Digest& operator=(const Digest&) = delete;
  void add(std::string_view bytes);
  std::string hexadecimal();  ///< ends the digest

 private:
  evp_md_ctx_st* context_;
};

std::string sha256(std::string_view bytes);
/// @throws std::system_error with the system's reason
std::string sha256_of_file(const std::filesystem::path& file);
/// @throws std::system_error with the system's reason
std::string read_file(const std::filesystem::path& file);

}  // namespace dataset_music
