//! Where things stand in the real window: what appears moves nothing else, columns keep their
//! places, texts of two fonts stand on one line, and nothing scrolls sideways.

use nepho_testkit::ec2::{Ec2Instance, Fault, Setup, id};

use super::{
    desktop::{Desktop, Keyring, Size},
    hostile::lab::Lab,
    window::Window,
};

/// `top('id')`, `box('css')` and `line(element)`: a top edge, a rectangle, and the baseline of the
/// text in an element, in pixels.
const READERS: &str = "const box = css => document.querySelector(css).getBoundingClientRect(); \
    const top = id => box(`[data-testid=${id}]`).top; \
    const line = of => { const range = document.createRange(); \
      range.selectNodeContents(of); const pen = document.createElement('canvas').getContext('2d'); \
      const font = getComputedStyle(of); \
      pen.font = `${font.fontWeight} ${font.fontSize} ${font.fontFamily}`; \
      return range.getClientRects()[0].top + Math.round(pen.measureText('x').fontBoundingBoxAscent); }; ";

async fn measure(window: &Window, expression: &str) -> f64 {
    let value = window.read(&format!("{READERS} return {expression}")).await;
    value.as_f64().unwrap_or_else(|| panic!("{expression} is {value}"))
}

/// The top edge of the first element with this test id, as text.
async fn top(window: &Window, id: &str) -> String {
    window.read(&format!("{READERS} return top('{id}')")).await.to_string()
}

/// The window on the demo cloud, with its rows.
async fn demo(story: &str, size: Size) -> (Desktop, Window) {
    let desktop = Desktop::new(Keyring::Absent, size).await;
    let window = Window::open(&desktop, story, &[]).await;
    window.click("add-demo").await;
    window.find("row").await;
    (desktop, window)
}

/// The left edges of the heads of columns, as one text.
async fn edges(window: &Window) -> String {
    window
        .read(
            "return [...document.querySelectorAll('[role=columnheader]')].map(head => \
             `${head.className} ${head.getBoundingClientRect().left}`).join(', ')",
        )
        .await
        .to_string()
}

#[tokio::test]
async fn columns_keep_their_places_beside_the_drawer() {
    let (_desktop, window) = demo("layout-columns", Size(1280, 800)).await;
    assert!(measure(&window, "box('[role=columnheader].name').width").await >= 240.0);
    assert_eq!(window.count("[role=\"columnheader\"].public-ip").await, 0, "the public address leaves first");

    // The words of a row stand on one line, whatever their font.
    let address = "[...document.querySelectorAll('.private-ip .mono')].find(of => of.textContent)";
    let account = format!("{address}.closest('[data-testid=row]').querySelector('.account bdi')");
    let apart = measure(&window, &format!("line({account}) - line({address})")).await;
    assert!(apart.abs() <= 0.5, "the address stands {apart} px off its line");

    // A click beside the title sorts, too: the whole head is the button.
    let right = "const head = box('[role=columnheader].state'); \
                 const hit = document.elementFromPoint(head.right - 12, head.top + 4); \
                 return hit.closest('button')?.dataset.testid ?? null";
    assert_eq!(window.read(&format!("{READERS} {right}")).await, "sort-state");

    let before = edges(&window).await;
    window.click_css("[data-testid=\"row\"][data-index=\"1\"]").await;
    window.find("drawer-raw-state").await;
    assert_eq!(edges(&window).await, before, "the drawer moved the columns");
    let [title, realm] = ["dt", "dd .mono"].map(|css| format!("document.querySelector('[data-testid=drawer] {css}')"));
    let apart = measure(&window, &format!("line({title}) - line({realm})")).await;
    assert!(apart.abs() <= 0.5, "the drawer's account stands {apart} px off its line");

    // The drawer is as wide as the operator wants it.
    let width = measure(&window, "box('[data-testid=drawer]').width").await;
    let handle = window.find("drawer-resize").await;
    handle.send_keys("\u{e012}\u{e012}").await.expect("the left arrow, twice");
    let wider = measure(&window, "box('[data-testid=drawer]').width").await;
    assert!(wider > width, "the drawer stayed at {width} px");
    assert_eq!(edges(&window).await, before, "the wider drawer moved the columns");
    window.screenshot("wider").await;

    // With rows selected, the bar below has the actions, and the drawer has none.
    assert!(window.count("[data-testid=\"drawer-stop\"], [data-testid=\"drawer-start\"]").await > 0);
    window.click_css("[data-testid=\"row\"][data-index=\"0\"] [data-testid=\"row-select\"]").await;
    window.find("action-bar").await;
    window.find("drawer-selection").await;
    assert_eq!(window.count("[data-testid=\"drawer-stop\"], [data-testid=\"drawer-start\"]").await, 0);
}

#[tokio::test]
async fn errors_and_selections_move_no_row() {
    let (_desktop, window) = demo("layout-still", Size(1280, 800)).await;
    let table = top(&window, "table").await;
    window.type_into("query", "stat:running").await;
    window.find_css("[data-testid=\"query-error\"][data-code]").await;
    assert_eq!(top(&window, "table").await, table, "the error moved the table");
    window.screenshot("query-error").await;
    window.type_into("query", "e").await;
    window.find("row").await;

    // The last row, under the cursor, is above the action bar.
    window.click_css("[data-testid=\"row\"][data-index=\"0\"] [data-testid=\"row-select\"]").await;
    window.find("action-bar").await;
    window.click_css("[data-testid=\"row\"][data-index=\"1\"]").await;
    window.press("\u{e00c}\u{e010}").await;
    let last = "[data-testid=\"row\"][data-cursor][aria-rowindex]";
    window.find_css(last).await;
    let below = measure(&window, "box('[data-testid=row][data-cursor]').bottom - top('action-bar')").await;
    assert!(below <= 0.0, "the last row reaches {below} px under the action bar");
    window.screenshot("last-row").await;

    // A dialog that grows keeps its top.
    window.click("nav-accounts").await;
    window.click("add-account-open").await;
    window.find("add-account").await;
    let tabs = top(&window, "add-cloud-gcp").await;
    window.click("add-cloud-gcp").await;
    window.find("find-projects").await;
    assert_eq!(top(&window, "add-cloud-gcp").await, tabs, "the dialog's controls moved");
}

#[tokio::test]
async fn failed_sync_moves_no_row() {
    let lab = Lab::new(Setup::default(), Keyring::Absent, Size(1280, 800)).await;
    lab.cloud.put(Ec2Instance::new("eu-west-1", &id(1)).named("alone"));
    lab.add("lab");
    let window = lab.open("layout-banner").await;
    window.find("row").await;
    let before = top(&window, "row").await;
    lab.cloud.break_region("eu-west-1", Fault::Denied);
    window.press("r").await;
    window.find("trouble-item").await;
    assert_eq!(top(&window, "row").await, before, "the banner moved the rows");
    window.click("trouble-more").await;
    assert_eq!(top(&window, "row").await, before, "the open banner moved the rows");
    window.screenshot("banner").await;
}

#[tokio::test]
async fn small_window_scrolls_no_screen_sideways() {
    let (_desktop, window) = demo("layout-small", Size(960, 600)).await;
    for screen in ["inventory", "activity", "accounts", "settings"] {
        window.click(&format!("nav-{screen}")).await;
        window.find(screen).await;
        let wide = window
            .read(
                "return [...document.querySelectorAll('main, main *')].filter(of => \
                 of.scrollWidth > of.clientWidth + 1 && /auto|scroll/.test(getComputedStyle(of).overflowX))\
                 .map(of => `${of.scrollWidth} > ${of.clientWidth}: ${of.outerHTML.slice(0, 80)}`)",
            )
            .await;
        assert_eq!(wide, serde_json::json!([]), "{screen} scrolls sideways");
        window.screenshot(screen).await;
    }
}
