package dev.ferrule.testkit;

import java.nio.file.Path;

/**
 * The PEM files that {@link Issued#write} wrote.
 *
 * @param certificate the chain, the leaf first
 * @param key the unencrypted PKCS#8 key
 */
public record WrittenFiles(Path certificate, Path key) {}
