package dev.crossfade.pipeline;

import static dev.crossfade.pipeline.CorpusMove.run;

import dev.crossfade.testkit.WriteLoad.Weighted;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Random;

/**
 * Rows and daily life for the schema of BioSQL, which comes without: sequences with their features, and the vocabularies that describe
 * them. What foreign keys only restrict refers to the first terms, cross-references and taxa, so that the others may be deleted; and
 * nothing refers to every fifth parent, so that its key may change.
 */
final class Biosql {
    private static final long SEED = 20_261_121L;
    private static final int ENTRIES = 1_000;
    private static final int FEATURES = 2_500;
    private static final int LOCATIONS = 3_000;
    private static final int RELATIONSHIPS = 1_500;
    private static final int REFERENCES = 400;
    private static final int TERMS = 600;
    private static final int KEPT_TERMS = 100;
    private static final int DBXREFS = 800;
    private static final int KEPT_DBXREFS = 300;
    private static final int TAXA = 400;
    private static final int KEPT_TAXA = 200;
    private static final int ONTOLOGIES = 20;
    private static final int KEPT_ONTOLOGIES = 4;

    private Biosql() {}

    /** Every value is a function of the seed and of the row's number. Pairs that come up twice are left out. */
    static String[] rows() {
        String keptTerm = "1 + r mod " + KEPT_TERMS;
        String term = parent(KEPT_TERMS, TERMS);
        String otherTerm = parent(KEPT_TERMS, TERMS, "s");
        String keptDbxref = "1 + r mod " + KEPT_DBXREFS;
        String dbxref = parent(KEPT_DBXREFS, DBXREFS);
        String entry = parent(0, ENTRIES);
        String otherEntry = parent(0, ENTRIES, "s");
        String feature = parent(0, FEATURES);
        String otherFeature = parent(0, FEATURES, "s");
        return new String[] {
            fill("biodatabase", 12, "n, concat('namespace ', n), if(r mod 2, null, 'embl'), repeat('Ä ', r mod 30)"),
            fill(
                    "taxon",
                    TAXA,
                    "n, if(r mod 3, n * 7, null), if(n = 1, null, n div 2), 'genus', r mod 256, null, 2 * n, 2 * n + 1"),
            fill("taxon_name", 800, parent(0, TAXA) + ", concat('Näme ', n), elt(1 + r mod 2, 'synonym', 'common')"),
            fill("ontology", ONTOLOGIES, "n, concat('ontology ', n), null"),
            fill(
                    "term",
                    TERMS,
                    "n, concat('term ', n), if(r mod 4, 'α-helix', null), if(r mod 2, null, concat('GO:', n)),"
                            + " if(r mod 9, null, 'X'), if(n <= " + KEPT_TERMS + ", 1 + n mod " + KEPT_ONTOLOGIES + ", "
                            + parent(KEPT_ONTOLOGIES + 1, ONTOLOGIES) + ")"),
            fill("term_synonym", 1_000, "concat('synonym ', s mod 50), " + term),
            fill("dbxref", DBXREFS, "n, elt(1 + r mod 3, 'PUBMED', 'GO', 'EC'), concat('A', n), r mod 65536"),
            fill("term_dbxref", 900, term + ", " + parent(KEPT_DBXREFS, DBXREFS, "s") + ", s mod 9"),
            fill(
                    "term_relationship",
                    RELATIONSHIPS,
                    "n, " + term + ", " + keptTerm + ", " + otherTerm + ", "
                            + parent(KEPT_ONTOLOGIES + 1, ONTOLOGIES, "s")),
            fill("term_relationship_term", 300, "5 * n - 1, " + KEPT_TERMS + " + n + (n - 1) div 4"),
            fill(
                    "term_path",
                    2_000,
                    "n, " + term + ", " + keptTerm + ", " + otherTerm + ", "
                            + parent(KEPT_ONTOLOGIES + 1, ONTOLOGIES, "s") + ", if(r mod 6, s mod 8, null)"),
            fill(
                    "bioentry",
                    ENTRIES,
                    "n, 1 + r mod 12, if(r mod 5, 1 + s mod " + KEPT_TAXA + ", null), concat('entry ', n),"
                            + " concat('AC', n), if(r mod 3, concat('gi', n), null), 'PLN', repeat('gène ', r mod 40), r mod 9"),
            fill("bioentry_relationship", 1_500, "n, " + entry + ", " + otherEntry + ", " + keptTerm + ", s mod 5"),
            fill("bioentry_path", 1_500, entry + ", " + otherEntry + ", " + keptTerm + ", s mod 5"),
            fill(
                    "biosequence",
                    ENTRIES,
                    "if(n mod 5, n, n - 1), 1, 8 * (r mod 400), 'dna', repeat('ACGTTGCA', r mod 400)"),
            fill("dbxref_qualifier_value", 800, dbxref + ", " + keptTerm + ", s mod 3, 'välue'"),
            fill("bioentry_dbxref", 2_000, entry + ", " + parent(KEPT_DBXREFS, DBXREFS, "s") + ", s mod 3"),
            fill(
                    "reference",
                    REFERENCES,
                    "n, if(n <= " + KEPT_DBXREFS
                            + ", n, null), 'Nature 171, 737', 'A structure', null, concat('crc', n)"),
            fill("bioentry_reference", 2_000, entry + ", " + parent(0, REFERENCES, "s") + ", r mod 100, null, s mod 3"),
            fill("comment", 2_000, "n, " + entry + ", concat('remark ', s), s mod 4"),
            fill(
                    "bioentry_qualifier_value",
                    1_500,
                    entry + ", " + keptTerm + ", if(s mod 4, 'keyword', null), s mod 5"),
            fill(
                    "seqfeature",
                    FEATURES,
                    "n, " + entry + ", " + keptTerm + ", 1 + s mod 9, concat('gene ', n), s mod 60000"),
            fill("seqfeature_relationship", 1_500, "n, " + feature + ", " + otherFeature + ", " + keptTerm + ", null"),
            fill("seqfeature_path", 1_500, feature + ", " + otherFeature + ", " + keptTerm + ", s mod 4"),
            fill("seqfeature_qualifier_value", 3_000, feature + ", " + keptTerm + ", s mod 3, concat('note ', s)"),
            fill("seqfeature_dbxref", 2_000, feature + ", " + parent(KEPT_DBXREFS, DBXREFS, "s") + ", null"),
            fill(
                    "location",
                    LOCATIONS,
                    "n, " + feature + ", if(r mod 3, " + keptDbxref + ", null), if(s mod 3, " + keptTerm
                            + ", null), s mod 90000, 90000, r mod 3 - 1, s mod 5"),
            fill("location_qualifier_value", 2_000, parent(0, LOCATIONS) + ", " + keptTerm + ", 'uncertain', null")
        };
    }

    /** {@code n} is the row's number; {@code r} and {@code s} are drawn for it. */
    private static String fill(String table, int rows, String values) {
        return "insert ignore into " + table + " select " + values + " from (select cast(seq as signed) as n,"
                + " cast(crc32(concat('" + SEED + table + "', seq)) as signed) as r,"
                + " cast(crc32(concat(seq, '" + SEED + table + "')) as signed) as s"
                + " from seq_1_to_" + rows + ") as numbers";
    }

    private static String parent(int kept, int last) {
        return parent(kept, last, "r");
    }

    /** A key behind {@code kept}, up to {@code last}, that is no multiple of five. */
    private static String parent(int kept, int last, String drawn) {
        String any = "(" + (kept + 1) + " + " + drawn + " div 7 mod " + (last - kept) + ")";
        return "(" + any + " - (" + any + " mod 5 = 0))";
    }

    /** Deletes and new keys of parents, and what makes new ones. */
    static List<Weighted> operations() {
        return List.of(
                new Weighted("new entry", 20, Biosql::newEntry),
                new Weighted("delete entry", 8, Biosql::deleteEntry),
                new Weighted("replace entry", 4, Biosql::replaceEntry),
                new Weighted("merge entries", 5, Biosql::mergeEntries),
                new Weighted("annotate", 15, Biosql::annotate),
                new Weighted("swap ranks", 6, Biosql::swapRanks),
                new Weighted("ontology", 3, Biosql::ontology),
                new Weighted("taxon", 4, Biosql::taxon),
                new Weighted("cross-reference", 6, Biosql::crossReference),
                delete("seqfeature", 6, 0, FEATURES),
                delete("location", 4, 0, LOCATIONS),
                delete("term", 3, KEPT_TERMS, TERMS),
                delete("term_relationship", 3, 0, RELATIONSHIPS),
                delete("reference", 2, 0, REFERENCES),
                reKey("bioentry", 5, 0, ENTRIES),
                reKey("seqfeature", 5, 0, FEATURES),
                reKey("location", 5, 0, LOCATIONS),
                reKey("term", 4, KEPT_TERMS, TERMS),
                reKey("term_relationship", 3, 0, RELATIONSHIPS),
                reKey("dbxref", 4, KEPT_DBXREFS, DBXREFS),
                reKey("reference", 2, 0, REFERENCES),
                reKey("taxon", 2, KEPT_TAXA, TAXA),
                reKey("ontology", 1, KEPT_ONTOLOGIES, ONTOLOGIES));
    }

    private static int between(Random random, int kept, int last) {
        return kept + 1 + random.nextInt(last - kept);
    }

    private static int entry(Random random) {
        return between(random, 0, ENTRIES + ENTRIES / 10); // some are new
    }

    private static Weighted delete(String table, int weight, int kept, int last) {
        return new Weighted(
                "delete " + table,
                weight,
                (connection, random) -> run(
                        connection,
                        "delete from " + table + " where " + table + "_id = " + between(random, kept, last)));
    }

    /** Only a parent without children may take another key, one that nobody has. */
    private static Weighted reKey(String table, int weight, int kept, int last) {
        return new Weighted(
                "re-key " + table,
                weight,
                (connection, random) -> run(
                        connection,
                        "update ignore " + table + " set " + table + "_id = "
                                + between(random, kept, last + last / 5) + " where " + table + "_id = "
                                + (between(random, kept, last) / 5 * 5)));
    }

    /** With features, their places, and what is said about those: three levels below the entry. */
    private static void newEntry(Connection connection, Random random) throws SQLException {
        int number = random.nextInt(1_000_000);
        run(
                connection,
                "insert into bioentry (biodatabase_id, name, accession, version) values (" + between(random, 0, 12)
                        + ", 'new', 'N" + number + "', 1)",
                "set @entry = last_insert_id()",
                "insert into biosequence values (@entry, 1, 4, 'dna', 'ACGT')",
                "insert into comment (bioentry_id, comment_text, `rank`) select @entry, 'new', seq from seq_0_to_2",
                "insert into bioentry_qualifier_value select @entry, seq, 'new', 0 from seq_1_to_3",
                "insert into seqfeature (bioentry_id, type_term_id, source_term_id, `rank`) select @entry, "
                        + between(random, 0, KEPT_TERMS) + ", 1, seq from seq_1_to_3",
                "insert into location (seqfeature_id, start_pos, end_pos, `rank`) select seqfeature_id, " + number
                        + ", null, seq from seqfeature join seq_1_to_2 where bioentry_id = @entry",
                "insert into location_qualifier_value select location_id, " + between(random, 0, KEPT_TERMS)
                        + ", 'new', null from location join seqfeature using (seqfeature_id) where bioentry_id = @entry");
    }

    private static void deleteEntry(Connection connection, Random random) throws SQLException {
        int entry = entry(random);
        run(
                connection,
                random.nextInt(4) == 0
                        ? "delete from bioentry where bioentry_id between " + entry + " and " + (entry + 9) + " limit 3"
                        : "delete from bioentry where bioentry_id = " + entry);
    }

    /** The old row goes with everything below it, and a new one takes its key. */
    private static void replaceEntry(Connection connection, Random random) throws SQLException {
        int entry = entry(random);
        run(
                connection,
                "replace into bioentry (bioentry_id, biodatabase_id, name, accession, version) values (" + entry
                        + ", 1, 'replaced', 'R" + random.nextInt(ENTRIES) + "', 1)",
                "insert into comment (bioentry_id, comment_text) values (" + entry + ", 'after the replacement')");
    }

    /** What does not fit below the other entry goes with the first one. */
    private static void mergeEntries(Connection connection, Random random) throws SQLException {
        String from = " where bioentry_id = " + entry(random);
        String to = " set bioentry_id = " + entry(random) + from;
        run(
                connection,
                "update ignore seqfeature" + to,
                "update ignore comment" + to,
                "update ignore bioentry_dbxref" + to,
                "update ignore bioentry_qualifier_value" + to,
                "update ignore biosequence" + to,
                "delete from bioentry" + from);
    }

    private static void annotate(Connection connection, Random random) throws SQLException {
        int feature = between(random, 0, FEATURES);
        run(
                connection,
                "insert ignore into seqfeature_qualifier_value values (" + feature + ", "
                        + between(random, 0, KEPT_TERMS) + ", 0, 'ünlikely')",
                "insert ignore into seqfeature_relationship (object_seqfeature_id, subject_seqfeature_id, term_id) values ("
                        + feature + ", " + between(random, 0, FEATURES) + ", 1)",
                "insert ignore into seqfeature_path values (" + feature + ", " + between(random, 0, FEATURES)
                        + ", 1, 1)",
                "update biosequence set seq = repeat('TTAGGG', " + random.nextInt(200) + ") where bioentry_id = "
                        + entry(random),
                "insert ignore into term_synonym values ('annotated', " + between(random, KEPT_TERMS, TERMS) + ")");
    }

    /** Ranks are unique among the comments of an entry. */
    private static void swapRanks(Connection connection, Random random) throws SQLException {
        String of = " where bioentry_id = " + entry(random) + " and `rank` = ";
        run(
                connection,
                "update comment set `rank` = -1" + of + "0",
                "update comment set `rank` = 0" + of + "1",
                "update comment set `rank` = 1" + of + "-1");
    }

    private static void ontology(Connection connection, Random random) throws SQLException {
        int ontology = between(random, KEPT_ONTOLOGIES, ONTOLOGIES);
        int term = between(random, KEPT_TERMS, TERMS);
        if (random.nextInt(12) == 0) {
            run(connection, "delete from ontology where ontology_id = " + ontology);
            return;
        }
        run(
                connection,
                "insert ignore into ontology values (" + ontology + ", 'again " + ontology + "', null)",
                "insert ignore into term (term_id, name, ontology_id) select seq + " + term
                        + ", concat('again ', seq), " + ontology + " from seq_1_to_20",
                "insert ignore into term_path (subject_term_id, predicate_term_id, object_term_id, ontology_id) select seq + "
                        + term + ", 1, seq + " + (term + 1) + ", " + ontology + " from seq_1_to_20",
                "insert ignore into term_relationship (subject_term_id, predicate_term_id, object_term_id, ontology_id) values ("
                        + (term + 1) + ", 1, " + (term + 2) + ", " + ontology + ")",
                "insert ignore into term_relationship_term values (last_insert_id(), " + (term + 1) + ")");
    }

    /** A nested set: whoever is let in or goes moves the numbers of all behind, each of which is unique. */
    private static void taxon(Connection connection, Random random) throws SQLException {
        int taxon = between(random, KEPT_TAXA, TAXA);
        switch (random.nextInt(3)) {
            case 0 -> run(connection, "delete from taxon where taxon_id = " + taxon);
            case 1 ->
                run(
                        connection,
                        "update taxon set left_value = left_value + 2, right_value = right_value + 2 where left_value > "
                                + between(random, 2 * TAXA - 100, 2 * TAXA) + " order by left_value desc");
            default ->
                run(
                        connection,
                        "insert ignore into taxon (taxon_id) values (" + taxon + ")",
                        "insert ignore into taxon_name values (" + taxon + ", 'newly described', 'common')");
        }
    }

    private static void crossReference(Connection connection, Random random) throws SQLException {
        int dbxref = between(random, KEPT_DBXREFS, DBXREFS);
        if (random.nextInt(3) == 0) {
            run(connection, "delete from dbxref where dbxref_id = " + dbxref);
            return;
        }
        run(
                connection,
                "insert ignore into dbxref values (" + dbxref + ", 'again', '" + dbxref + "', 1)",
                "insert ignore into bioentry_dbxref values (" + entry(random) + ", " + dbxref + ", null)",
                "insert ignore into seqfeature_dbxref values (" + between(random, 0, FEATURES) + ", " + dbxref + ", 1)",
                "insert ignore into term_dbxref values (" + between(random, KEPT_TERMS, TERMS) + ", " + dbxref + ", 1)",
                "insert ignore into dbxref_qualifier_value values (" + dbxref + ", 1, 1, null)");
    }
}
