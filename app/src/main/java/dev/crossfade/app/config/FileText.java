package dev.crossfade.app.config;

import org.snakeyaml.engine.v2.nodes.Node;

/**
 * A text of the file.
 *
 * @param raw as it stands in the file, placeholders unresolved; not to be shown where it may be a secret
 * @param value with placeholders resolved; never to be shown
 */
record FileText(Node node, String raw, String value) {
    @Override
    public String toString() {
        return "FileText[***]";
    }
}
