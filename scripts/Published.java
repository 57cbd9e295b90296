import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.lang.module.ModuleDescriptor;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.xpath.XPath;
import javax.xml.xpath.XPathConstants;
import javax.xml.xpath.XPathExpressionException;
import javax.xml.xpath.XPathFactory;
import org.w3c.dom.Document;
import org.w3c.dom.NodeList;

/**
 * Looks at what a build with the profile release has made, as a public repository does and as those
 * who depend on it will, and says what is missing.
 *
 * <p>{@code java Published.java CHECKOUT}: it exits with 1 if anything is, or cannot be read.
 */
final class Published {
  /** What programs get with each artifact, beside the JDK. */
  private static final Map<String, Set<String>> NEEDS =
      new TreeMap<>(
          Map.of(
              "core", Set.of(),
              "ssl", Set.of("ferrule-core"),
              "epoll", Set.of("ferrule-core"),
              "boringssl",
                  Set.of(
                      "ferrule-ssl", "netty-tcnative-classes", "netty-tcnative-boringssl-static"),
              "openssl", Set.of("ferrule-ssl"),
              "fleet", Set.of("ferrule-ssl", "jedis"),
              "testkit", Set.of("ferrule-core", "ferrule-ssl", "bcpkix-jdk18on")));

  private static final List<String> ASKED_FOR =
      List.of(
          "groupId",
          "artifactId",
          "version",
          "name",
          "description",
          "url",
          "licenses/license/name",
          "licenses/license/url",
          "developers/developer/name",
          "scm/connection",
          "scm/url");

  /** Parts of the build, which nobody outside has. */
  private static final List<String> OF_THE_BUILD =
      List.of(
          "parent",
          "modules",
          "properties",
          "repositories",
          "pluginRepositories",
          "distributionManagement",
          "profiles",
          "build",
          "dependencies/dependency[scope='test' or scope='system']");

  private static final XPath XPATH = XPathFactory.newInstance().newXPath();

  private final Path checkout;
  private final Set<String> exported = new TreeSet<>();
  private int problems;

  private Published(Path checkout) {
    this.checkout = checkout;
  }

  public static void main(String[] arguments) throws Exception {
    Published published = new Published(Path.of(arguments[0]));
    published.bom();
    for (Map.Entry<String, Set<String>> module : NEEDS.entrySet()) {
      published.module(module.getKey(), module.getValue());
    }
    published.comparison();
    if (published.problems > 0) {
      System.exit(1);
    }
    System.out.println("POMs, jars and bills of materials have what a repository asks for");
  }

  private void check(boolean good, String problem, Object... values) {
    if (!good) {
      problems++;
      System.err.printf(problem + "%n", values);
    }
  }

  private void bom() throws Exception {
    Document pom = pom("bom");
    Set<String> ours = NEEDS.keySet().stream().map(n -> "ferrule-" + n).collect(Collectors.toSet());
    Set<String> managed = all(pom, "/project/dependencyManagement/dependencies/*/artifactId");
    check(managed.equals(ours), "the bom manages %s, and %s are published", managed, ours);
    check(all(pom, "/project/dependencies/*").isEmpty(), "the bom has dependencies");
  }

  private void module(String name, Set<String> needs) throws Exception {
    String artifact = "ferrule-" + name;
    Document pom = pom(name);
    Set<String> atRunTime =
        all(
            pom,
            "/project/dependencies/dependency[not(optional='true') and not(scope='provided')]"
                + "/artifactId");
    check(atRunTime.equals(needs), "%s needs %s, not %s", artifact, atRunTime, needs);
    check(all(pom, "/project/dependencyManagement").isEmpty(), "%s manages versions", artifact);

    Path target = checkout.resolve(name).resolve("target");
    String version = text(pom, "/project/version");
    Document materials = document(target.resolve("bom.xml"));
    Set<String> components = all(materials, "/bom/components/component/name");
    check(components.containsAll(needs), "%s' SBOM has only %s", artifact, components);
    check(!components.contains("jspecify"), "%s' SBOM has what is not handed on", artifact);
    String purl = "pkg:maven/dev.ferrule/" + artifact + "@" + version + "?type=jar";
    check(
        text(materials, "/bom/metadata/component/purl").equals(purl)
            && Files.readString(target.resolve("bom.json")).contains('"' + purl + '"'),
        "%s' SBOM is not about %s",
        artifact,
        purl);

    String prefix = artifact + "-" + version;
    try (ZipFile jar = new ZipFile(target.resolve(prefix + ".jar").toFile());
        ZipFile sources = new ZipFile(target.resolve(prefix + "-sources.jar").toFile());
        ZipFile javadoc = new ZipFile(target.resolve(prefix + "-javadoc.jar").toFile())) {
      jar(artifact, jar, Files.readAllBytes(target.resolve("published-pom.xml")));
      sources(jar, sources);
      byte[] descriptor = content(jar, "module-info.class");
      if (descriptor.length > 0) {
        javadoc(javadoc, ModuleDescriptor.read(ByteBuffer.wrap(descriptor)));
      }
    }
  }

  private void jar(String artifact, ZipFile jar, byte[] pom) throws IOException {
    has(jar, "module-info.class");
    has(jar, "META-INF/LICENSE");
    check(
        Arrays.equals(content(jar, "META-INF/maven/dev.ferrule/" + artifact + "/pom.xml"), pom),
        "the POM in %s is not the one that is published",
        jar.getName());
    Set<String> foreign =
        names(jar).stream()
            .filter(n -> !n.matches("dev/ferrule/.*|META-INF/.*|module-info.class|dev/"))
            .collect(Collectors.toSet());
    check(foreign.isEmpty(), "%s has %s", jar.getName(), foreign);
  }

  /** Each class has its source; nested ones have that of the class around them. */
  private void sources(ZipFile jar, ZipFile sources) {
    has(sources, "META-INF/LICENSE");
    for (String name : names(jar)) {
      if (name.endsWith(".class")) {
        has(sources, name.replaceFirst("(\\$.*)?\\.class$", ".java"));
      }
    }
  }

  private void javadoc(ZipFile javadoc, ModuleDescriptor module) {
    has(javadoc, "index.html");
    for (ModuleDescriptor.Exports export : module.exports()) {
      String page =
          module.name() + "/" + export.source().replace('.', '/') + "/package-summary.html";
      if (export.isQualified()) {
        check(javadoc.getEntry(page) == null, "%s shows %s", javadoc.getName(), export.source());
      } else {
        exported.add(export.source());
        has(javadoc, page);
      }
    }
  }

  /** What is compared with the last release is what is exported to everybody. */
  private void comparison() throws Exception {
    Document root = document(checkout.resolve("pom.xml"));
    Set<String> compared =
        all(root, "//plugin[artifactId='japicmp-maven-plugin']//includes/include");
    check(compared.equals(exported), "japicmp compares %s, exported are %s", compared, exported);
  }

  private Document pom(String module) throws Exception {
    Path file = checkout.resolve(module).resolve("target/published-pom.xml");
    Document pom = document(file);
    for (String element : ASKED_FOR) {
      check(!text(pom, "/project/" + element).isEmpty(), "%s has no %s", file, element);
    }
    for (String element : OF_THE_BUILD) {
      check(all(pom, "/project/" + element).isEmpty(), "%s has %s", file, element);
    }
    String left = Files.readString(file).replace("<version>${project.version}</version>", "");
    check(!left.contains("${"), "%s has a property that only the build knows", file);
    Set<String> ours = all(pom, "//dependency[groupId='dev.ferrule']/artifactId");
    for (String artifact : ours) {
      check(
          NEEDS.containsKey(artifact.replace("ferrule-", "")),
          "%s refers to %s, which is not published",
          file,
          artifact);
    }
    return pom;
  }

  private void has(ZipFile jar, String name) {
    check(jar.getEntry(name) != null, "%s has no %s", jar.getName(), name);
  }

  private static byte[] content(ZipFile jar, String name) throws IOException {
    ZipEntry entry = jar.getEntry(name);
    return entry == null ? new byte[0] : jar.getInputStream(entry).readAllBytes();
  }

  private static Set<String> names(ZipFile jar) {
    return jar.stream().map(ZipEntry::getName).collect(Collectors.toCollection(TreeSet::new));
  }

  private static Document document(Path file) throws Exception {
    return DocumentBuilderFactory.newInstance()
        .newDocumentBuilder()
        .parse(new ByteArrayInputStream(Files.readAllBytes(file)));
  }

  private static String text(Document document, String path) throws XPathExpressionException {
    return XPATH.evaluate(path, document).strip();
  }

  private static Set<String> all(Document document, String path) throws XPathExpressionException {
    NodeList nodes = (NodeList) XPATH.evaluate(path, document, XPathConstants.NODESET);
    Set<String> texts = new TreeSet<>();
    for (int i = 0; i < nodes.getLength(); i++) {
      texts.add(nodes.item(i).getTextContent().strip());
    }
    return texts;
  }
}
