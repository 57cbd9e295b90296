package dev.ferrule.host;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class IdnaTest {
  /** From RFC 5891 and its neighbours, UTS 46 and the registries. */
  @ParameterizedTest
  @CsvSource({
    "straße.de, xn--strae-oqa.de",
    "faß.de, xn--fa-hia.de",
    "ẞtraße.de, xn--trae-unad.de",
    "königsgäßchen, xn--knigsgchen-b4a3dun",
    "bücher.example, xn--bcher-kva.example",
    "BÜCHER.Example, xn--bcher-kva.example",
    "βόλος.com, xn--nxasmm1c.com",
    "ΒΌΛΟΣ.com, xn--nxasmq6b.com",
    "\u0646\u0627\u0645\u0647\u200C\u0627\u06CC.com, xn--mgba3gch31f060k.com",
    "ශ්\u200Dරී.com, xn--10cl1a0b660p.com",
    "日本語。jp, xn--wgv71a119e.jp",
    "日本語．jp, xn--wgv71a119e.jp",
    "ﬁsch.example, fisch.example",
    "Ⅷ.example, viii.example",
    "ǅ.example, xn--d-toa.example",
    "\u0645\u062B\u0627\u0644.\u0625\u062E\u062A\u0628\u0627\u0631, xn--mgbh0fb.xn--kgbechtv",
    "\u05E7\u05D5\u05B9\u05DD.example, xn--hdb9cza1b.example",
    "xn--bcher-kva.ünï.example, xn--bcher-kva.xn--n-nga1b.example",
    "\u212B.example, xn--5ca.example",
    "für-elise.例え, xn--fr-elise-65a.xn--r8jz45g",
    "президент.рф, xn--d1abbgf6aiiy.xn--p1ai",
    "тест.xn--p1ai, xn--e1aybc.xn--p1ai",
    "İstanbul.example, xn--istanbul-o0e.example",
    "ıspanak.example, xn--spanak-o9a.example",
    "a\u00ADb\u200Bü.de, xn--ab-yka.de",
    "中国, xn--fiqs8s",
    "한국.kr, xn--3e0b707e.kr",
    "ﾊﾝｶｸ.jp, xn--lcki8g8f.jp",
    "my_sérvice.example, xn--my_srvice-e4a.example",
    "\u2603.net, xn--n3h.net",
  })
  void a_unicode_name_becomes_a_labels_as_in_browsers(String name, String ascii) {
    assertThat(Host.parse(name).canonical()).isEqualTo(ascii);
  }

  /** RFC 3492 7.1: sentences in several languages, without the capital letters. */
  @ParameterizedTest
  @CsvSource({
    "ليهمابتكلموشعربي؟, egbpdaj6bu4bxfgehfvwxn",
    "他们为什么不说中文, ihqwcrb4cv8a8dqg056pqjye",
    "למההםפשוטלאמדבריםעברית, 4dbcagdahymbxekheh6e0a7fei0b",
    "почемужеонинеговорятпорусски, b1abfaaepdrnnbgefbadotcwatmq2g4l",
    "tạisaohọkhôngthểchỉnóitiếngviệt, tisaohkhngthchnitingvit-kjcr8268qyxafd2f1b9g",
    "3年b組金八先生, 3b-ww4c5e180e575a65lsy2b",
    "パフィーdeルンバ, de-jg4avhby1noc0d",
    "そのスピードで, d9juau41awczczp",
  })
  void punycode_encodes_as_its_standard_shows(String text, String encoded) {
    assertThat(Punycode.encode(text.codePoints().toArray())).isEqualTo(encoded);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "a\u200Dü.example", // a joiner that joins nothing
        "a\u200Cü.example",
        "ü\u202E.example", // turns the direction of writing
        "\u0301ü.example", // begins with a mark
        "ü\u2024example", // looks like a dot
        "ü\u2488example", // "1."
        "ü\uFF0Fexample", // looks like a slash
        "ü\u00A0b.example",
        "ü\uE000.example", // private
        "ü\u0378.example", // unassigned
        "ü\uFFFD.example",
        "xn--ü.example",
        "אa.example", // mixed directions
        "ü!.example",
        "ü..example",
        "ü\uD800.example",
      })
  void what_no_name_may_hold_is_refused_with_a_sentence(String name) {
    assertThatThrownBy(() -> Host.parse(name))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("the host name '");
  }

  @Test
  void composed_and_decomposed_forms_are_one_name() {
    assertThat(Host.parse("bu\u0308cher.example").canonical())
        .isEqualTo(Host.parse("b\u00FCcher.example").canonical());
  }

  @Test
  void an_encoded_name_is_the_name_that_it_encodes() {
    String encoded = Host.parse("straße.example").canonical();
    assertThat(Host.parse(encoded).canonical()).isEqualTo(encoded);
    assertThat(Host.parse("STRASSE.example").canonical()).isNotEqualTo(encoded);
  }
}
