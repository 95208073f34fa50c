#include <elf.h>

#include <base/files.hpp>
#include <cstring>
#include <etude/error.hpp>
#include <host/elf_file.hpp>
#include <optional>

namespace etude {
namespace {

#if defined(__x86_64__)
constexpr unsigned this_machine = EM_X86_64;
constexpr const char* this_machine_name = "x86-64";
#elif defined(__aarch64__)
constexpr unsigned this_machine = EM_AARCH64;
constexpr const char* this_machine_name = "aarch64";
#else
#error "add this processor's ELF machine number"
#endif

Error cut_short(const std::string& what) {
  return Error(text("the file is cut short: its ", what, " lies beyond its end"), "copy or build it again");
}

/// The file's bytes, every access checked. Records are copied out, since nothing promises their alignment.
class Bytes {
 public:
  explicit Bytes(const std::string& content) : content_(content) {}

  bool contains(std::uint64_t offset, std::uint64_t size) const {
    return offset <= content_.size() && size <= content_.size() - offset;
  }

  template <class Record>
  Record read(std::uint64_t offset, const char* what) const {
    if (!contains(offset, sizeof(Record))) throw cut_short(what);
    Record record;
    std::memcpy(&record, content_.data() + offset, sizeof(Record));
    return record;
  }

  template <class Record>
  std::vector<Record> read_all(std::uint64_t offset, std::uint64_t count, const char* what) const {
    if (count > content_.size() / sizeof(Record) || !contains(offset, count * sizeof(Record))) throw cut_short(what);
    std::vector<Record> records(count);
    if (count > 0) std::memcpy(records.data(), content_.data() + offset, count * sizeof(Record));
    return records;
  }

  /// The zero-terminated name at `offset` of the string table at `table`.
  std::string name(const Elf64_Shdr& table, std::uint64_t offset) const {
    if (offset >= table.sh_size) throw cut_short("table of symbol names");
    const char* begin = content_.data() + table.sh_offset + offset;
    return std::string(begin, strnlen(begin, table.sh_size - offset));
  }

 private:
  const std::string& content_;
};

void check_kind(const std::string& content) {
  if (content.compare(0, SELFMAG, ELFMAG) != 0) {
    const std::string remedy = "remove it from the folder, or build the plugin again";
    if (content.empty()) throw Error("the file is empty", remedy);
    if (content.size() < SELFMAG && content.compare(0, content.size(), ELFMAG, content.size()) == 0) throw cut_short("header");
    throw Error("it is not a shared library (no ELF header)", remedy);
  }
}

Elf64_Ehdr read_header(const Bytes& bytes, const std::string& content) {
  check_kind(content);
  if (content.size() <= EI_DATA) throw cut_short("header");
  const std::string rebuild = text("build it for this machine, ", this_machine_name);
  if (content[EI_CLASS] != ELFCLASS64) throw Error("it is a library for 32-bit machines", rebuild);
  constexpr char this_order = std::endian::native == std::endian::little ? ELFDATA2LSB : ELFDATA2MSB;
  if (content[EI_DATA] != this_order) throw Error("it is a library for machines of the other byte order", rebuild);
  const auto header = bytes.read<Elf64_Ehdr>(0, "header");
  if (header.e_machine != this_machine)
    throw Error(text("it is a library for another processor (ELF machine ", header.e_machine, ")"), rebuild);
  if (header.e_type != ET_DYN)
    throw Error(header.e_type == ET_REL ? "it is an object file, not a shared library" : "it is a program, not a shared library",
                "link it with -shared, as etude_add_plugin does");
  return header;
}

std::vector<Elf64_Shdr> check_whole(const Bytes& bytes, const Elf64_Ehdr& header) {
  const auto segments = bytes.read_all<Elf64_Phdr>(header.e_phoff, header.e_phnum, "table of program headers");
  for (const auto& segment : segments)
    if (!bytes.contains(segment.p_offset, segment.p_filesz))
      throw cut_short(segment.p_type == PT_LOAD ? "code or data" : "dynamic section");
  if (header.e_shoff == 0) return {};
  auto sections = bytes.read_all<Elf64_Shdr>(header.e_shoff, header.e_shnum, "table of section headers");
  for (const auto& section : sections)
    if (section.sh_type != SHT_NOBITS && section.sh_type != SHT_NULL && !bytes.contains(section.sh_offset, section.sh_size))
      throw cut_short("section");
  return sections;
}

const Elf64_Shdr* find_section(const std::vector<Elf64_Shdr>& sections, unsigned type) {
  for (const auto& section : sections)
    if (section.sh_type == type) return &section;
  return nullptr;
}

}  // namespace

DynamicSymbols read_dynamic_symbols(const std::filesystem::path& file) {
  const std::string content = read_file(file);
  const Bytes bytes(content);
  const auto sections = check_whole(bytes, read_header(bytes, content));
  DynamicSymbols symbols;
  // A stripped library keeps .dynsym, which the loader needs too; boost::dll::library_info reads only .symtab and finds nothing
  // there.
  const Elf64_Shdr* table = find_section(sections, SHT_DYNSYM);
  if (!table || table->sh_link >= sections.size()) return symbols;
  symbols.known = true;
  for (const auto& symbol : bytes.read_all<Elf64_Sym>(table->sh_offset, table->sh_size / sizeof(Elf64_Sym), "table of symbols"))
    (symbol.st_shndx == SHN_UNDEF ? symbols.undefined : symbols.defined)
        .push_back(bytes.name(sections[table->sh_link], symbol.st_name));
  return symbols;
}

}  // namespace etude
