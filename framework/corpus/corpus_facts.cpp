#include <corpus/corpus_facts.hpp>
#include <nlohmann/json.hpp>

namespace etude {
namespace {

namespace fs = std::filesystem;
using Json = nlohmann::ordered_json;

/// What the stage of this fingerprint was made of; null if it cannot be read. Whether it is whole, open_stage() says.
Json made_of(const fs::path& folder) {
  try {
    return Json::parse(read_file(folder / "corpus.json")).at("made_of");
  } catch (const std::exception&) {
    return {};
  }
}

/// The documents are made of a part of what the tokens are made of.
std::optional<Documents> documents_of(const fs::path& corpora, const Json& tokens) {
  Json documents;
  for (const char* part : {"dataset", "format", "sources"}) documents[part] = tokens.at(part);
  return open_documents(StageKey("documents", corpora, documents.dump()), Tell::nothing);
}

}  // namespace

std::optional<CorpusFacts> find_corpus_facts(const fs::path& corpora, const std::string& fingerprint) {
  const Json parts = made_of(corpora / ("tokens-" + fingerprint.substr(0, 16)));
  if (parts.is_null()) return std::nullopt;
  const StageKey key("tokens", corpora, parts.dump());
  if (key.fingerprint != fingerprint) return std::nullopt;
  const auto manifest = open_stage(key, Tell::nothing);
  if (!manifest) return std::nullopt;
  try {
    CorpusFacts facts;
    facts.texts = text_facts_from(manifest->at("texts"));
    facts.dataset = parts.at("dataset").at("id").get<std::string>();
    facts.tokenizer = parts.at("tokenizer").at("id").get<std::string>();
    facts.min_gzip_ratio = parts.at("filter").value("min_gzip_ratio", 0.0);
    facts.documents = documents_of(corpora, parts);
    return facts;
  } catch (const Json::exception&) {
    return std::nullopt;
  }
}

}  // namespace etude
