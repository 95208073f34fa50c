#include "digest.hpp"

#include <openssl/evp.h>

#include <cerrno>
#include <cstdio>
#include <functional>
#include <memory>
#include <system_error>
#include <vector>

namespace dataset_music {
namespace {

void for_each_piece(const std::filesystem::path& file, const std::function<void(std::string_view)>& visit) {
  const std::unique_ptr<std::FILE, int (*)(std::FILE*)> in(std::fopen(file.c_str(), "rbe"), std::fclose);
  if (!in) throw std::system_error(errno, std::generic_category());
  std::vector<char> piece(1 << 16);
  while (const std::size_t count = std::fread(piece.data(), 1, piece.size(), in.get())) visit({piece.data(), count});
  if (std::ferror(in.get())) throw std::system_error(errno, std::generic_category());
}

}  // namespace

Digest::Digest() : context_(EVP_MD_CTX_new()) { EVP_DigestInit_ex(context_, EVP_sha256(), nullptr); }
Digest::~Digest() { EVP_MD_CTX_free(context_); }
void Digest::add(std::string_view bytes) { EVP_DigestUpdate(context_, bytes.data(), bytes.size()); }

std::string Digest::hexadecimal() {
  unsigned char bytes[EVP_MAX_MD_SIZE];
  unsigned int size = 0;
  EVP_DigestFinal_ex(context_, bytes, &size);
  std::string out;
  for (unsigned int i = 0; i < size; ++i) {
    constexpr char digits[] = "0123456789abcdef";
    out += digits[bytes[i] >> 4];
    out += digits[bytes[i] & 15];
  }
  return out;
}

std::string sha256(std::string_view bytes) {
  Digest digest;
  digest.add(bytes);
  return digest.hexadecimal();
}

std::string sha256_of_file(const std::filesystem::path& file) {
  Digest digest;
  for_each_piece(file, [&](std::string_view piece) { digest.add(piece); });
  return digest.hexadecimal();
}

std::string read_file(const std::filesystem::path& file) {
  std::string content;
  for_each_piece(file, [&](std::string_view piece) { content += piece; });
  return content;
}

}  // namespace dataset_music
