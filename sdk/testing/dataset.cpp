#include <algorithm>
#include <etude/unicode.hpp>
#include <set>

#include "promises.hpp"

namespace etude::testing {
namespace {

struct Stream {
  std::vector<Document> documents;

  explicit Stream(Dataset& dataset, std::size_t at_most = ~std::size_t{0}) {
    for (Document document; documents.size() < at_most && dataset.next(document);) documents.push_back(document);
  }
  bool operator==(const Stream& other) const {
    return std::equal(documents.begin(), documents.end(), other.documents.begin(), other.documents.end(),
                      [](const auto& a, const auto& b) { return a.id == b.id && a.text == b.text && a.split == b.split; });
  }
};

bool is_utf8(const std::string& text) {
  bool valid = true;
  for_each_code_point(text, [&](const CodePoint& point, std::size_t) { valid = valid && point.valid; });
  return valid;
}

void check_documents(const Stream& stream, Promises& promises) {
  std::set<std::string> ids;
  promises.expect(stream.documents.size() >= 2, "the dataset has at least two documents to be tried with");
  for (const auto& document : stream.documents) {
    promises.expect(!document.id.empty() && ids.insert(document.id).second,
                    text("id \"", document.id, "\" is not empty and stands once"));
    promises.expect(!document.text.empty(), text("document ", document.id, " is not empty"));
    promises.expect(is_utf8(document.text), text("document ", document.id, " is UTF-8"));
  }
}

}  // namespace

BrokenPromises check_dataset(const std::function<std::shared_ptr<Dataset>()>& make) {
  Promises promises;
  promises.section("a dataset can be read", [&] {
    const auto dataset = make(), other = make();
    const std::string fingerprint = dataset->fingerprint();
    const Stream whole(*dataset);
    check_documents(whole, promises);
    Document document;
    promises.expect(!dataset->next(document), "next() stays false at the end");
    for (const auto& [result, count] : dataset->outcome_counts())
      promises.expect(count >= 0, text("the count of ", result, " is not negative"));

    dataset->rewind();
    promises.expect(Stream(*dataset) == whole, "rewind() gives the same documents again");
    dataset->rewind();
    Stream(*dataset, 1);
    dataset->rewind();
    promises.expect(Stream(*dataset) == whole, "rewind() in the middle goes back to the first document");
    promises.expect(Stream(*other) == whole, "another object gives the same documents, also without fingerprint() before");
    promises.expect(!fingerprint.empty(), "fingerprint() says something");
    promises.expect(other->fingerprint() == fingerprint && dataset->fingerprint() == fingerprint,
                    "fingerprint() stays while the sources do, before and after reading");
  });
  return promises.take();
}

}  // namespace etude::testing
