// What regular expressions cannot say about `.cloud`: which line ends separate entries, the text of strings, and what a
// half-typed text lacks.
//
// In: the characters from here on, and which tokens the grammar wants. Out: one token or none. Keeps no state, so
// every edit can be parsed again from anywhere.
//
// The rules for line ends are those of `compiler/syntax/src/input/lines.rs`, those for text of
// `compiler/syntax/src/lexer/strings.rs`, those for declarations in column 0 of `compiler/syntax/src/split.rs`.

#include "tree_sitter/parser.h"

#include <string.h>

// In the order of `externals` in grammar.js.
enum TokenType {
  NEWLINE,
  PLAIN_TEXT,
  BLOCK_TEXT,
  RAW_TEXT,
  RAW_BLOCK_TEXT,
  END,
  ABSENT,
  UNCLOSED,
  RECOVERING,
};

void *tree_sitter_cloud_external_scanner_create(void) { return NULL; }

void tree_sitter_cloud_external_scanner_destroy(void *payload) { (void)payload; }

unsigned tree_sitter_cloud_external_scanner_serialize(void *payload, char *buffer) {
  (void)payload;
  (void)buffer;
  return 0;
}

void tree_sitter_cloud_external_scanner_deserialize(void *payload, const char *buffer, unsigned length) {
  (void)payload;
  (void)buffer;
  (void)length;
}

static void advance(TSLexer *lexer) { lexer->advance(lexer, false); }

static bool found(TSLexer *lexer, enum TokenType token) {
  lexer->result_symbol = (TSSymbol)token;
  return true;
}

static bool is_blank(int32_t c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n' || c == 0xFEFF; }

static bool is_word_start(int32_t c) { return c == '_' || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }

static bool is_word(int32_t c) { return is_word_start(c) || (c >= '0' && c <= '9'); }

// Takes blanks of the same line. Returns whether there were any.
static bool take_spaces(TSLexer *lexer) {
  bool any = false;
  while (lexer->lookahead == ' ' || lexer->lookahead == '\t') {
    any = true;
    advance(lexer);
  }
  return any;
}

// Takes white space and comments. Returns false when a lone `/` was taken, which is an operator.
static bool take_trivia(TSLexer *lexer, bool *newline) {
  for (;;) {
    while (is_blank(lexer->lookahead)) {
      *newline |= lexer->lookahead == '\n';
      advance(lexer);
    }
    if (lexer->lookahead != '/') return true;
    advance(lexer);
    if (lexer->lookahead == '/') {
      while (lexer->lookahead != '\n' && !lexer->eof(lexer)) advance(lexer);
    } else if (lexer->lookahead == '*') {
      advance(lexer);
      int32_t last = 0;
      while (!lexer->eof(lexer) && !(last == '*' && lexer->lookahead == '/')) {
        last = lexer->lookahead;
        *newline |= last == '\n';
        advance(lexer);
      }
      if (!lexer->eof(lexer)) advance(lexer);
    } else {
      return false;
    }
  }
}

// A name or keyword; what is longer than every keyword is cut off.
typedef struct {
  char text[12];
} Word;

static Word take_word(TSLexer *lexer) {
  Word word = {{0}};
  unsigned length = 0;
  if (!is_word_start(lexer->lookahead)) return word;
  while (is_word(lexer->lookahead)) {
    if (length < sizeof word.text - 1) word.text[length++] = (char)lexer->lookahead;
    advance(lexer);
  }
  return word;
}

static bool is_one_of(const Word *word, const char *const *words) {
  for (; *words; words++) {
    if (strcmp(word->text, *words) == 0) return true;
  }
  return false;
}

// Whether `word`, which was just taken, begins a declaration: behind it stands what it declares.
static bool declares(TSLexer *lexer, Word word) {
  static const char *const named[] = {"input",     "param",  "let",   "resource", "existing", "output",  "component",
                                      "fn",        "type",   "moved", "forget",   "stack",    "project", "env",
                                      "defaults",  "assert", NULL};
  static const char *const quoted[] = {"import", "policy", "test", NULL};
  static const char *const public[] = {"component", "fn", "type", "let", "policy", NULL};
  static const char *const operators[] = {"if", "in", "else", "by", "as", NULL};
  if (strcmp(word.text, "pub") == 0) {
    if (!take_spaces(lexer)) return false;
    word = take_word(lexer);
    if (!is_one_of(&word, public)) return false;
  }
  if (is_one_of(&word, quoted)) {
    take_spaces(lexer);
    return lexer->lookahead == '"';
  }
  if (!is_one_of(&word, named) || !take_spaces(lexer) || !is_word_start(lexer->lookahead)) return false;
  Word name = take_word(lexer);
  return !is_one_of(&name, operators);
}

// Whether `word`, which was just taken, goes on with the line above.
static bool word_goes_on(TSLexer *lexer, const Word *word) {
  bool is_else = strcmp(word->text, "else") == 0;
  bool is_with = strcmp(word->text, "with") == 0;
  bool newline = false;
  if (!is_else && !is_with) return false;
  if (!take_trivia(lexer, &newline)) return is_else;
  return is_else ? lexer->lookahead != ':' : lexer->lookahead == '{';
}

// Whether what stands here, which is no word, continues the line above, or ends the brackets around it.
static bool sign_goes_on(TSLexer *lexer) {
  switch (lexer->lookahead) {
    case ')':
    case ']':
    case '}':
    case '|':
    case '<':
    case '>':
    case '+':
    case '*':
    case '%':
      return true;
    case '.':
      advance(lexer);
      return lexer->lookahead != '.';
    case '?':
      advance(lexer);
      return lexer->lookahead == '.' || lexer->lookahead == '?';
    case '&':
      advance(lexer);
      return lexer->lookahead == '&';
    case '=':
    case '!':
      advance(lexer);
      return lexer->lookahead == '=';
    default:
      return false;
  }
}

// A line end that separates, or the end of all brackets where a declaration begins in column 0.
// Either token ends where the next line's text or comment begins.
static bool scan_line_end(TSLexer *lexer, bool wants_newline, bool wants_end) {
  bool newline = false;
  while (is_blank(lexer->lookahead)) {
    newline |= lexer->lookahead == '\n';
    lexer->advance(lexer, true);
  }
  lexer->mark_end(lexer);
  if (lexer->eof(lexer)) return wants_end && found(lexer, END);
  bool first = lexer->get_column(lexer) == 0;
  bool may_end = wants_end && first;
  if (!newline && !may_end) return false;
  wants_newline &= newline;
  if (lexer->lookahead == '@' && may_end) return found(lexer, END);
  if (lexer->lookahead == '/') {
    advance(lexer);
    if (lexer->lookahead == '/') {
      advance(lexer);
      if (lexer->lookahead == '/' && may_end) {
        advance(lexer);
        if (lexer->lookahead != '/') return found(lexer, END);
      }
      while (lexer->lookahead != '\n' && !lexer->eof(lexer)) advance(lexer);
    } else if (lexer->lookahead != '*') {
      return false;
    } else {
      // Comments between two lines change nothing.
      int32_t last = 0;
      advance(lexer);
      while (!lexer->eof(lexer) && !(last == '*' && lexer->lookahead == '/')) {
        last = lexer->lookahead;
        advance(lexer);
      }
      if (!lexer->eof(lexer)) advance(lexer);
    }
    // A declaration below a comment ends brackets once the comment is behind.
    may_end = false;
  }
  if (!take_trivia(lexer, &newline) || lexer->eof(lexer)) return false;
  if (!is_word_start(lexer->lookahead)) return wants_newline && !sign_goes_on(lexer) && found(lexer, NEWLINE);
  Word word = take_word(lexer);
  if (wants_newline && word_goes_on(lexer, &word)) return false;
  if (may_end && declares(lexer, word)) return found(lexer, END);
  return wants_newline && found(lexer, NEWLINE);
}

// A value that is not there: the text ends, its bracket ends, or the next line begins an entry or a declaration.
static bool scan_absent(TSLexer *lexer) {
  bool newline = false;
  lexer->mark_end(lexer);
  if (!take_trivia(lexer, &newline)) return false;
  if (lexer->eof(lexer)) return found(lexer, ABSENT);
  switch (lexer->lookahead) {
    case ')':
    case ']':
    case '}':
    case ',':
      return found(lexer, ABSENT);
    case '@':
      return newline && found(lexer, ABSENT);
  }
  if (!newline || !is_word_start(lexer->lookahead)) return false;
  Word word = take_word(lexer);
  if (lexer->lookahead == ':') {
    advance(lexer);
    return lexer->lookahead != ':' && found(lexer, ABSENT);
  }
  return declares(lexer, word) && found(lexer, ABSENT);
}

// Takes a run of quotes. Returns whether it holds three.
static bool take_quotes(TSLexer *lexer) {
  for (unsigned count = 0; count < 3; count++) {
    if (lexer->lookahead != '"') return false;
    advance(lexer);
  }
  return true;
}

// Text up to an interpolation, an escape or the end of the string; never empty.
static bool scan_text(TSLexer *lexer, bool block, bool raw) {
  bool any = false;
  for (;;) {
    lexer->mark_end(lexer);
    if (lexer->eof(lexer)) return any;
    int32_t c = lexer->lookahead;
    if (c == '"') {
      if (!block || take_quotes(lexer)) return any;
    } else if (c == '\n' && !block) {
      return any;
    } else if (c == '\\' && !block && !raw) {
      return any;
    } else if (c == '$' && !raw) {
      advance(lexer);
      if (lexer->lookahead == '{') return any;
      if (lexer->lookahead == '$') {
        // The last two of a run of dollars belong to `$${`, those before are text of their own.
        if (any) return true;
        lexer->mark_end(lexer);
        advance(lexer);
        return lexer->lookahead != '{';
      }
    } else {
      advance(lexer);
    }
    any = true;
  }
}

bool tree_sitter_cloud_external_scanner_scan(void *payload, TSLexer *lexer, const bool *valid) {
  (void)payload;
  if (valid[RECOVERING]) return scan_line_end(lexer, true, true);
  bool plain = valid[PLAIN_TEXT] || valid[RAW_TEXT];
  if (plain || valid[BLOCK_TEXT] || valid[RAW_BLOCK_TEXT]) {
    bool raw = valid[RAW_TEXT] || valid[RAW_BLOCK_TEXT];
    if (valid[UNCLOSED] && (lexer->lookahead == '\n' || lexer->eof(lexer))) return found(lexer, UNCLOSED);
    if (!scan_text(lexer, !plain, raw)) return false;
    return found(lexer, plain ? (raw ? RAW_TEXT : PLAIN_TEXT) : (raw ? RAW_BLOCK_TEXT : BLOCK_TEXT));
  }
  if (valid[UNCLOSED] && (lexer->lookahead == '\n' || lexer->eof(lexer))) return found(lexer, UNCLOSED);
  if (valid[ABSENT]) return scan_absent(lexer);
  if (valid[NEWLINE] || valid[END]) return scan_line_end(lexer, valid[NEWLINE], valid[END]);
  return false;
}
