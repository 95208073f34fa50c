// The first stages of preparation, made of a test's own documents.
#pragma once

#include <corpus/documents.hpp>
#include <corpus/signatures.hpp>
#include <unit/library_fixture.hpp>

namespace etude::testing {

struct DocumentsFixture {
  TemporaryDirectory folder;
  Library library;

  void add(const std::string& id, const std::string& text, std::optional<Split> split = {}) {
    library.documents.push_back({id, text, split});
  }
  Documents documents(int threads = 2) {
    LibraryDataset dataset(library);
    const StageKey key("documents", folder.path(), R"({"documents":)" + std::to_string(++made_) + "}");
    build_documents(key, dataset, threads, [](std::int64_t, std::int64_t) {});
    auto opened = open_documents(key);
    if (!opened) throw Error("the documents do not open");
    return std::move(*opened);
  }
  Signatures signatures(const Documents& documents, std::int64_t shingle_bars = 4, int threads = 2) {
    const StageKey key("signatures", folder.path(), R"({"signatures":)" + std::to_string(++made_) + "}");
    build_signatures(key, documents, shingle_bars, threads, [](std::int64_t, std::int64_t) {});
    auto opened = open_signatures(key);
    if (!opened) throw Error("the signatures do not open");
    return std::move(*opened);
  }

 private:
  int made_ = 0;
};

}  // namespace etude::testing
