package dev.crossfade.pipeline.plan;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Records as JSON and back, component by component: records of texts, whole numbers, booleans and enums, lists and optionals of them,
 * and of one another. A component that JSON lacks, or that is of another type, is an error: nothing is guessed.
 */
final class RecordJson {
    private static final ObjectMapper JSON = new ObjectMapper();

    private RecordJson() {}

    static String write(Record value) {
        return node(value).toString();
    }

    private static JsonNode node(Object value) {
        if (value instanceof Record composite) {
            ObjectNode node = JSON.createObjectNode();
            for (RecordComponent component : composite.getClass().getRecordComponents()) {
                node.set(component.getName(), node(component(composite, component)));
            }
            return node;
        }
        if (value instanceof List<?> list) {
            ArrayNode node = JSON.createArrayNode();
            list.forEach(each -> node.add(node(each)));
            return node;
        }
        if (value instanceof Optional<?> optional) {
            return optional.<JsonNode>map(RecordJson::node).orElse(JSON.nullNode());
        }
        if (value instanceof Enum<?> choice) {
            return JSON.getNodeFactory().textNode(choice.name());
        }
        if (value instanceof String || value instanceof Number || value instanceof Boolean) {
            return JSON.valueToTree(value);
        }
        throw new IllegalArgumentException("no JSON for a " + value.getClass().getName());
    }

    private static Object component(Record composite, RecordComponent component) {
        try {
            return component.getAccessor().invoke(composite);
        } catch (IllegalAccessException | InvocationTargetException e) {
            throw new IllegalArgumentException("cannot read " + component, e);
        }
    }

    /**
     * What {@link #write} wrote of a record of this type.
     *
     * @throws IllegalArgumentException if it is anything else
     */
    static <R extends Record> R read(String text, Class<R> type) {
        try {
            return type.cast(value(JSON.readTree(text), type));
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException("not JSON", e);
        }
    }

    private static Object value(JsonNode node, Type type) {
        if (type instanceof ParameterizedType generic) {
            return container(node, generic.getRawType(), generic.getActualTypeArguments()[0]);
        }
        if (type == String.class && node.isTextual()) {
            return node.textValue();
        }
        if (type == boolean.class && node.isBoolean()) {
            return node.booleanValue();
        }
        if (type == int.class && node.canConvertToInt()) {
            return node.intValue();
        }
        if (type == long.class && node.canConvertToLong()) {
            return node.longValue();
        }
        if (type instanceof Class<?> plain && plain.isEnum()) {
            for (Object choice : plain.getEnumConstants()) {
                if (((Enum<?>) choice).name().equals(node.textValue())) {
                    return choice;
                }
            }
        }
        if (type instanceof Class<?> plain && plain.isRecord()) {
            return composite(node, plain);
        }
        throw new IllegalArgumentException("no " + type.getTypeName() + " in " + node.getNodeType());
    }

    private static Object container(JsonNode node, Type raw, Type of) {
        if (raw == Optional.class) {
            return node.isNull() ? Optional.empty() : Optional.of(value(node, of));
        }
        if (raw == List.class && node.isArray()) {
            List<Object> values = new ArrayList<>();
            node.forEach(each -> values.add(value(each, of)));
            return values;
        }
        throw new IllegalArgumentException("no " + raw.getTypeName() + " in " + node.getNodeType());
    }

    private static Object composite(JsonNode node, Class<?> type) {
        RecordComponent[] components = type.getRecordComponents();
        Class<?>[] types = new Class<?>[components.length];
        Object[] values = new Object[components.length];
        for (int i = 0; i < components.length; i++) {
            types[i] = components[i].getType();
            JsonNode component = node.get(components[i].getName());
            if (component == null) {
                throw new IllegalArgumentException("no " + components[i].getName() + " of " + type.getName());
            }
            values[i] = value(component, components[i].getGenericType());
        }
        try {
            return type.getDeclaredConstructor(types).newInstance(values);
        } catch (ReflectiveOperationException e) {
            throw new IllegalArgumentException("cannot make a " + type.getName(), e);
        }
    }
}
