use super::*;

const PAGE: &str = "Before\n<!-- figures -->\n| old |\n<!-- end of figures -->\nafter\n";

#[test]
fn a_block_is_found_and_replaced() {
    assert_eq!(block(PAGE, "figures", "end of figures"), Some("| old |\n"));
    let replaced = with_block(PAGE, "figures", "end of figures", "new\n");
    assert_eq!(replaced.as_deref(), Some("Before\n<!-- figures -->\nnew\n<!-- end of figures -->\nafter\n"));
    assert_eq!(with_block(PAGE, "other", "end of other", ""), None);
}

#[test]
fn only_the_row_of_that_name_changes() {
    let page = "| world | component | size |\n|---|---|---|\n| `s` | `s.wasm` | 1 kB |\n| `t` | `t.wasm` | 2 kB |\n`s.wasm` | 9\n";
    let changed = with_last_cell(page, "s.wasm", "3 kB");
    assert_eq!(changed, page.replace("1 kB", "3 kB"));
}

#[test]
fn rows_have_as_many_cells_as_heads() {
    let mut table = Table::new(&["what", "here", "there"]);
    table.row(&["a", "1"]);
    assert_eq!(table.text(), "| what | here | there |\n| --- | --- | --- |\n| a | 1 | |\n");
}
